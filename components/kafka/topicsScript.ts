/** A topic as it should be. */
export interface TopicSpec {
  /** 1 to 249 letters, digits, `.`, `_` and `-`. */
  name: string;
  /** Number of partitions. May grow; Kafka cannot take partitions away. */
  partitions: number;
  /** Copies of each partition, at most the number of brokers. Fixed once the topic exists. */
  replicationFactor: number;
  /** Topic-level settings, such as `retention.ms`. What is not named here has the cluster's default. */
  config?: Record<string, string>;
  /** Whether it is to be deleted, with its events, where it exists. Default false. Never one of Kafka's internal topics. */
  deleted?: boolean;
}

/** Kafka's own topics, of offsets and transactions, and those of its tools: nobody deletes them here. */
export const isInternal = (topic: string) => topic.startsWith("__");

/**
 * A bash script, run on a head node, that makes the topics be as declared. It may be run any number of times.
 *
 * It reads all topics first and refuses what Kafka cannot do (fewer partitions, another replication factor) before it
 * changes anything, naming every such topic. Topics that are not declared are left alone, and named. Every value is quoted
 * for the shell, whatever it holds.
 */
export function topicsScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const wanted = topics.filter((t) => !t.deleted);
  const unwanted = topics.filter((t) => t.deleted && !isInternal(t.name));
  return [
    preamble(bootstrapServers),
    ...wanted.map((t) => `check ${quote(t.name)} ${t.partitions} ${t.replicationFactor}`),
    "refuse_if_wrong",
    ...unwanted.map((t) => `remove ${quote(t.name)}`),
    ...wanted.map((t) => `ensure ${quote(t.name)} ${t.partitions} ${t.replicationFactor} ${configArguments(t.config)}`),
    `show ${wanted.map((t) => quote(t.name)).join(" ")}`,
    `name_undeclared ${topics.map((t) => quote(t.name)).join(" ")}`,
    "",
  ].join("\n");
}

/** Deletes the topics, but for internal ones. Those that do not exist (any more) are no error. */
export function deleteScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const commands = topics.filter((t) => !isInternal(t.name)).map((t) => `delete ${quote(t.name)}`);
  return [tools(bootstrapServers), ...commands, ""].join("\n");
}

/** Single quotes keep everything as it is; a single quote itself has to step outside of them. */
export const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;

const configArguments = (config: Record<string, string> = {}) =>
  Object.entries(config)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => quote(`${key}=${value}`))
    .join(" ");

const tools = (bootstrapServers: string) => `set -euo pipefail
bin=/usr/hdp/current/kafka-broker/bin
servers=${quote(bootstrapServers)}
topics() { "$bin/kafka-topics.sh" --bootstrap-server "$servers" "$@"; }
configs() { "$bin/kafka-configs.sh" --bootstrap-server "$servers" --entity-type topics "$@"; }
# kafka-topics takes a name for a regular expression, but where it creates: a period would stand for any character.
exactly() { printf '%s' "\${1//./\\\\.}"; }
delete() { topics --delete --if-exists --topic "$(exactly "$1")"; }`;

const preamble = (bootstrapServers: string) => `${tools(bootstrapServers)}

# One look at all topics: "name partitions replication-factor", a line each.
existing=$(topics --describe | awk -F'\\t' '/PartitionCount:/ {
  for (i = 1; i <= NF; i++) { split($i, part, ": "); field[part[1]] = part[2] }
  print field["Topic"], field["PartitionCount"], field["ReplicationFactor"] }')
# One look at all topic-level settings: "name key", a line each.
overrides=$(configs --describe | awk '/^Dynamic configs for topic / { topic = $5 }
  /^  / { split($1, part, "="); print topic, part[1] }')

field() { awk -v topic="$1" -v column="$2" '$1 == topic { print $column }' <<<"$existing"; }

wrong=""
check() {
  local partitions replicas
  partitions=$(field "$1" 2); replicas=$(field "$1" 3)
  if [ -n "$partitions" ] && [ "$partitions" -gt "$2" ]; then
    wrong+="  topic $1 has $partitions partitions and $2 are wanted: Kafka cannot take partitions away. Declare at least $partitions, or move to a new topic."$'\\n'
  fi
  if [ -n "$replicas" ] && [ "$replicas" -ne "$3" ]; then
    wrong+="  topic $1 has replication factor $replicas and $3 is wanted: it is fixed when a topic is created. Declare $replicas, or move to a new topic."$'\\n'
  fi
}
refuse_if_wrong() {
  [ -z "$wrong" ] || { printf 'Nothing was changed, because these topics cannot be made as declared:\\n%s' "$wrong" >&2; exit 1; }
}

remove() {
  [ -n "$(field "$1" 2)" ] || return 0
  delete "$1"
  printf 'Topic %s is deleted, as declared.\\n' "$1"
}

ensure() {
  local topic=$1 partitions=$2 replicas=$3; shift 3
  local present; present=$(field "$topic" 2)
  if [ -z "$present" ]; then
    local settings=(); for setting in "$@"; do settings+=(--config "$setting"); done
    topics --create --topic "$topic" --partitions "$partitions" --replication-factor "$replicas" \${settings[@]+"\${settings[@]}"}
    return
  fi
  [ "$present" -ge "$partitions" ] || topics --alter --topic "$(exactly "$topic")" --partitions "$partitions"
  local gone; gone=$(undeclared "$topic" "$@")
  if [ -n "$gone" ]; then configs --alter --entity-name "$topic" --delete-config "$gone"; fi
  if [ $# -gt 0 ]; then join "$@"; configs --alter --entity-name "$topic" --add-config "$joined"; fi
}

# kafka-topics takes one setting an option, as it is. kafka-configs takes all of them in one, split at commas but for
# those in brackets, which it takes away. In a variable, since a substitution would lose line ends.
join() {
  local IFS=, settings=()
  for setting in "$@"; do
    case $setting in *,*) setting="\${setting%%=*}=[\${setting#*=}]" ;; esac
    settings+=("$setting")
  done
  joined="\${settings[*]}"
}

# Settings that the topic has and the declaration does not name, comma-separated. Those of a reassignment that is under
# way are its own: without them it goes on at full speed.
undeclared() {
  local topic=$1; shift
  local names=" "; for setting in "$@"; do names+="\${setting%%=*} "; done
  awk -v topic="$topic" -v names="$names" '$1 == topic && index(names, " " $2 " ") == 0 && $2 !~ /replication[.]throttled[.]replicas$/ { print $2 }' \\
    <<<"$overrides" | paste -sd, -
}

show() { for topic in "$@"; do topics --describe --topic "$(exactly "$topic")" | head -n 1; done; }

name_undeclared() {
  local kept; kept=$(awk -v declared=" $* " '$1 != "" && $1 !~ /^__/ && index(declared, " " $1 " ") == 0 { print $1 }' \\
    <<<"$existing" | paste -sd, -)
  [ -z "$kept" ] || printf 'Kept, though not declared (any more): %s. A topic is deleted when it is declared with deleted: true.\\n' "$kept"
}`;
