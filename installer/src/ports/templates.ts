/** The texts the package ships, by path below it: Handlebars sources (`compose/compose.yaml.hbs`) and files without .hbs. */
export type Templates = { load(): Promise<Readonly<Record<string, string>>> };
