import type { Plugin } from 'esbuild';
import Handlebars from 'handlebars';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As the template engine compiles them when it runs from source. */
const OPTIONS = { noEscape: true, strict: true };

/**
 * Replaces Handlebars in the bundle by its runtime and the templates compiled at build time: reading and
 * compiling them at every start took longer than everything else `render` does. A template is found by its
 * text, so a package whose templates do not belong to its code says so instead of rendering something else.
 */
export function precompiledTemplates(root: string, directories: readonly string[]): Plugin {
  return {
    name: 'precompiled-templates',
    setup(bundler) {
      bundler.onResolve({ filter: /^handlebars$/ }, () => ({
        path: 'handlebars',
        namespace: 'precompiled',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'precompiled' }, () => ({
        contents: moduleWith(
          directories.flatMap((directory) => templatesIn(join(root, directory))),
        ),
        resolveDir: root,
      }));
    },
  };
}

function templatesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs'))
    .sort()
    .map((path) => readFileSync(join(directory, path), 'utf8'));
}

function moduleWith(sources: readonly string[]): string {
  const entries = sources.map((source) => {
    // Typed as an object, documented and delivered as the text of one.
    const specification = Handlebars.precompile(source, OPTIONS) as unknown as string;
    return `[${JSON.stringify(source)}, ${specification}]`;
  });
  return `
    import runtime from 'handlebars/runtime.js';
    const compiled = new Map([${entries.join(',\n')}]);
    function create() {
      const environment = runtime.create();
      environment.compile = (source) => {
        const template = compiled.get(source);
        if (!template) throw new Error('a template of this package is not the one it was built with');
        return environment.template(template);
      };
      const register = environment.registerPartial.bind(environment);
      environment.registerPartial = (name, source) => register(name, environment.compile(source));
      return environment;
    }
    export default { create };
  `;
}
