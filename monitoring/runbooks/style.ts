/** For a phone at night, a desk and paper; nothing is fetched, so it works when all else is down. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d5dae0;--panel:#f4f6f8;--link:#0a58ca;--critical:#b3261e;--warning:#8a5300;--info:#0b5d8f;--none:#57606a}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e4e7eb;--quiet:#9aa4af;--line:#333a42;--panel:#1e2329;--link:#7ab4ff;--critical:#ff8a80;--warning:#f2b35e;--info:#78c2f0;--none:#9aa4af}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:50rem;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
a{color:var(--link)}
h1{margin:.25rem 0 .75rem;font-size:1.75rem;line-height:1.2}
h2{margin:2rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line);font-size:1.25rem}
h2::first-letter{text-transform:uppercase}
h3{margin:1.5rem 0 .25rem;font-size:1.05rem}
p,ul,ol{margin:.5rem 0}
li{margin:.25rem 0}
nav.top,nav.bottom{padding:.25rem 0}
nav.bottom{margin-top:1.5rem}
.jumps{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.9rem}
.tags{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.75rem 0 0;color:var(--quiet);font-size:.85rem}
.area{margin-left:auto}
.severity{flex:none;padding:.05rem .5rem;border:1px solid currentColor;border-radius:1rem;font-size:.75rem;font-weight:600;line-height:1.5}
.critical{color:var(--critical)}.warning{color:var(--warning)}.info{color:var(--info)}.none{color:var(--none)}
code{padding:.1em .3em;border-radius:.25rem;background:var(--panel);font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{margin:.75rem 0;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.375rem;background:var(--panel);overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
pre .line{display:block;padding-left:1.25rem;text-indent:-1.25rem}
pre .line+.line{margin-top:.3rem}
pre code{padding:0;background:none;cursor:pointer;-webkit-user-select:all;user-select:all}
pre .comment{color:var(--quiet);font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre+p,.table+p{margin-top:.75rem}
blockquote{margin:.75rem 0;padding:.25rem 1rem;border-left:.25rem solid var(--line);color:var(--text)}
.table{overflow-x:auto}
table{border-collapse:collapse;margin:.75rem 0}
td:first-child code{white-space:nowrap}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.how{margin-top:2rem;color:var(--quiet);font-size:.9rem}
.index{margin:0;padding:0;list-style:none}
.index li{display:flex;gap:.75rem;align-items:baseline;margin:0;padding:.5rem 0;border-bottom:1px solid var(--line)}
.index li:last-child{border:0}
.index .severity{width:4.75rem;text-align:center}
.index a{font-weight:600}
.index p{margin:0;color:var(--quiet);font-size:.925rem}
main header+section h2{margin-top:1rem}
@media print{:root{--ground:#fff;--text:#000;--quiet:#444;--line:#bbb;--panel:#f6f6f6;--link:#000;--critical:#000;--warning:#000;--info:#000;--none:#000}nav{display:none!important}body{max-width:none;padding:0;font-size:10.5pt}h2,h3{break-after:avoid}pre,li{break-inside:avoid}}
`
  .trim()
  .replaceAll('\n', '');
