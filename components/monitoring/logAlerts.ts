import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";

/** What to look for in the logs, every five minutes. */
export interface LogAlert {
  /** Short name, unique among the alerts of one `LogAlerts`. A change replaces the rule. */
  name: string;
  /** What it means when it is raised, and what to look at: the text of the e-mail. */
  description: string;
  /** KQL query. Each row that it returns for the last quarter of an hour is a reason to raise the alert. */
  query: string;
  /** Azure's severity, from 0 (critical) to 4 (verbose). Default 1 (error). */
  severity?: number;
}

export interface LogAlertsArgs {
  /** Resource group of rules and receivers. A change replaces them. */
  resourceGroupName: pulumi.Input<string>;
  /** Azure region of the Log Analytics workspace: rules have to be where their logs are. A change replaces them. */
  location: pulumi.Input<string>;
  /** ARM id of the Log Analytics workspace. */
  workspaceId: pulumi.Input<string>;
  /** Who is told, at least one address. */
  emails: string[];
  /** The alerts, at least one. Azure charges a little for each. */
  alerts: LogAlert[];
  /** Tags on every resource. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Alerts on what arrives in a Log Analytics workspace, told by e-mail.
 *
 * An alert is raised once and resolves itself when its query has returned nothing for a while. Logs arrive minutes after
 * what they tell of, so for what has to be known at once there are better sources.
 */
export class LogAlerts extends pulumi.ComponentResource {
  constructor(name: string, args: LogAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:monitoring:LogAlerts", name, {}, opts);
    const { resourceGroupName, location, tags, emails, alerts } = args;
    if (emails.length === 0 || alerts.length === 0) {
      throw new Error(`Alerts \`${name}\`: \`emails\` and \`alerts\` need at least one entry each.`);
    }
    const parent = { parent: this };

    const receivers = new monitor.ActionGroup(
      `${name}-receivers`,
      {
        resourceGroupName,
        tags,
        // Served from everywhere, so that the loss of a region can be told too.
        location: "Global",
        // Stands in the subject; twelve letters at most.
        groupShortName: "streaming",
        enabled: true,
        emailReceivers: emails.map((emailAddress) => ({
          // The address is its own name: a new order of the list changes nobody's subscription.
          name: emailAddress,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      parent,
    );

    for (const { name: alert, description, query, severity } of alerts) {
      new monitor.ScheduledQueryRule(
        `${name}-${alert}`,
        {
          resourceGroupName,
          location,
          tags,
          displayName: `${name}: ${alert}`,
          description,
          severity: severity ?? 1,
          enabled: true,
          scopes: [args.workspaceId],
          evaluationFrequency: "PT5M",
          windowSize: "PT15M",
          criteria: {
            allOf: [
              {
                query,
                timeAggregation: "Count",
                operator: "GreaterThan",
                threshold: 0,
                failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              },
            ],
          },
          autoMitigate: true,
          // A new workspace does not have the tables yet: they come with the first logs.
          skipQueryValidation: true,
          actions: { actionGroups: [receivers.id] },
        },
        parent,
      );
    }

    this.registerOutputs({});
  }
}
