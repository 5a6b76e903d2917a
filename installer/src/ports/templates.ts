/** The Handlebars sources the package ships, by path below the package: `compose/compose.yaml.hbs`. */
export type Templates = { load(): Promise<Readonly<Record<string, string>>> };
