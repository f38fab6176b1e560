import { Environment } from "nunjucks";
import { type HostFolders, mapKafkaHome } from "./hosts";
import type { Java } from "./java";

/** Strict as Ambari's templates are: an unknown name is an error, and blocks take their line end with them. */
const jinja = new Environment(null, { autoescape: false, throwOnUndefined: true, trimBlocks: true });

/**
 * The text of kafka-env.sh: `content` of the `kafka-env` configuration is a Jinja template, so that `{{`, `{%` and
 * `{#` (bash's `\${#array[@]}` too) mean something in it. Throws, as Ambari fails the start, when it does not parse or
 * names what Ambari does not know.
 */
export function kafkaEnvScript(env: Record<string, string>, folders: HostFolders, java: Java): string {
  return renderTemplate(
    "kafka-env",
    env.content,
    {
      ...env,
      java64_home: java.home,
      kafka_log_dir: folders.logs,
      kafka_pid_dir: folders.root,
      kafka_kerberos_params: "",
    },
    folders,
  );
}

/** The text of log4j.properties: `content` of `kafka-log4j`, a template as well. */
export function log4jProperties(log4j: Record<string, string>, folders: HostFolders): string {
  return renderTemplate("kafka-log4j", log4j.content, log4j, folders);
}

function renderTemplate(
  type: string,
  content: string | undefined,
  variables: Record<string, string>,
  folders: HostFolders,
) {
  if (content === undefined) throw new Error(`Configuration parameter 'content' was not found in \`${type}\``);
  try {
    return `${mapKafkaHome(jinja.renderString(content, variables), folders).trimEnd()}\n`;
  } catch (error) {
    const message = (error as Error).message.replace(/^\(unknown path\)\s*/, "").trim();
    throw new Error(`\`${type}/content\` is not a valid Jinja template: ${message}`);
  }
}
