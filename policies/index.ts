import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { type Rule, settingsOf } from "./rule";
import { rules } from "./rules";
import { encryptSecrets } from "./secrets";

/**
 * The policy pack: rules about one resource each, mandatory unless `--policy-pack-config` says otherwise for a stack.
 * A value that is not known before a deployment is looked at in the deployment, before the resource is made.
 */
new PolicyPack("streaming", {
  enforcementLevel: "mandatory",
  policies: [
    ...rules.map(toPolicy),
    {
      name: "secret-inputs",
      description: "Inputs that look like secrets are encrypted in the state.",
      enforcementLevel: "remediate",
      remediateResource: encryptSecrets,
    },
  ],
});

function toPolicy(rule: Rule): ResourceValidationPolicy {
  const { name, description, settings } = rule;
  return {
    name,
    description,
    configSchema: settings && { properties: settings },
    validateResource: ({ type, urn, props, opts, getConfig }, report) => {
      const resource = { type, urn, props, protect: opts.protect, ignoreChanges: opts.ignoreChanges };
      for (const problem of rule.check(resource, settingsOf(rule, getConfig()))) report(problem);
    },
  };
}
