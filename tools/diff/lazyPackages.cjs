// Loaded before a program, into the process that runs it (`node --require`). `@pulumi/pulumi` loads TypeScript and npm's
// own library for functions that a program hands to the engine, which takes half of the time that a program needs to
// begin. Here they are loaded when something of them is used, and never where nothing is. The commands that compare do the
// same for themselves, since the checks of the configuration are a program's.
const Module = require("node:module");

const heavy = new Set(["typescript", "@npmcli/arborist"]);

/** A package that is loaded once something of it is asked for. */
function lazy(load) {
  let loaded;
  const real = () => {
    loaded ??= load();
    return loaded;
  };
  return new Proxy(
    {},
    {
      // Said of it without asking, so that importing all of it loads nothing; `default` is then what it would be.
      get: (_, key) => {
        if (key === "__esModule") return true;
        return key === "default" && !("default" in real()) ? real() : Reflect.get(real(), key);
      },
      has: (_, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        // How an ES module names what `require` gives of it; whoever compiles on the way asks for it. These are none.
        if (key === "module.exports") return undefined;
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
}

/**
 * `@pulumi/pulumi` notes for each promise where it was made, for those who look for promises that never end
 * (`PULUMI_DEBUG_PROMISE_LEAKS`), and nobody else ever reads it. To name lines of TypeScript takes a fifth of a program's time.
 */
function withoutTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

const programs = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]index\.js$|[\\/]tools[\\/](?:diff|drift)\.ts$/;

if (programs.test(process.argv[1] ?? "")) {
  const { _load: load, _resolveFilename: resolve } = Module;
  let isPatched = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);
  Module._load = function loadLazily(request, parent, isMain) {
    if (!heavy.has(request)) {
      const loaded = load.call(this, request, parent, isMain);
      if (!isPatched && typeof loaded?.debuggablePromise === "function" && request.endsWith("/debuggable")) {
        isPatched = true;
        withoutTraces(loaded);
      }
      return loaded;
    }
    // One that is missing is missed at once, as ever.
    resolve.call(this, request, parent, isMain);
    return lazy(() => load.call(this, request, parent, isMain));
  };
}
