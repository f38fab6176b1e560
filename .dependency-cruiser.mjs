/** Which part of the project may know which. `npm run check` holds every import to it; CONTRIBUTING.md says it in words. */
const parts = "index\\.ts|settings|components|notebooks|policies|plugin|local|tools|bench|tests|examples";

/** The folder or file of a part, and what it may import of the others. */
function only(part, others) {
  return {
    name: `${part}-knows-only-${others.length > 0 ? others.join("-") : "itself"}`,
    severity: "error",
    from: { path: `^${part}(?:/|\\.ts$)` },
    to: { path: `^(?:${parts})`, pathNot: [part, ...others].map((name) => `^${name}(?:/|\\.ts$)`) },
  };
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-unknown-module", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "what-is-deployed-needs-no-development-package",
      severity: "error",
      from: { path: "^(?:index\\.ts|settings|components|notebooks)(?:/|\\.ts$|$)" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    only("components", []),
    only("settings", ["components"]),
    only("notebooks", ["components", "settings"]),
    only("policies", ["settings"]),
    only("plugin", ["components"]),
    only("local", []),
    only("tools", ["components", "settings", "notebooks", "policies", "plugin", "local"]),
    only("bench", ["components", "settings", "notebooks", "local", "tools"]),
    {
      name: "the-program-does-not-know-that-it-is-local",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^(?:local|tools|bench|tests|policies|plugin|examples)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(?:^|/)dist/" },
    tsConfig: { fileName: "tsconfig.check.json" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
