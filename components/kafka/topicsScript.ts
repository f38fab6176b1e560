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
 *
 * Each call of Kafka's tools starts a JVM, which takes seconds on a head node. So topics that are as declared cost none:
 * all are looked at by two calls, those that go are deleted by one, and only what differs is made or changed one by one.
 */
export function topicsScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const wanted = topics.filter((t) => !t.deleted);
  const unwanted = topics.filter((t) => t.deleted && !isInternal(t.name));
  return [
    preamble(bootstrapServers),
    ...wanted.map((t) => `check ${quote(t.name)} ${t.partitions} ${t.replicationFactor}`),
    "refuse_if_wrong",
    `remove ${unwanted.map((t) => quote(t.name)).join(" ")}`,
    ...wanted.map((t) => `ensure ${quote(t.name)} ${t.partitions} ${t.replicationFactor} ${configArguments(t.config)}`),
    `show ${wanted.map((t) => quote(t.name)).join(" ")}`,
    `name_undeclared ${topics.map((t) => quote(t.name)).join(" ")}`,
    "",
  ].join("\n");
}

/** Deletes the topics, but for internal ones. Those that do not exist (any more) are no error. */
export function deleteScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const names = topics.filter((t) => !isInternal(t.name)).map((t) => quote(t.name));
  return [tools(bootstrapServers), `delete ${names.join(" ")}`, ""].join("\n");
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
topics() { "$bin/kafka-topics.sh" --bootstrap-server "$servers" "$@" </dev/null; }
configs() { "$bin/kafka-configs.sh" --bootstrap-server "$servers" --entity-type topics "$@" </dev/null; }
# kafka-topics takes a name for a regular expression, but where it creates: a period would stand for any character.
exactly() { printf '%s' "\${1//./\\\\.}"; }
# All at once, but for so many that they would be too long for an argument.
delete() {
  local these
  while [ $# -gt 0 ]; do
    these=$(printf '|%s' "\${@:1:100}"); shift $(($# < 100 ? $# : 100))
    topics --delete --if-exists --topic "$(exactly "\${these:1}")"
  done
}`;

const preamble = (bootstrapServers: string) => `${tools(bootstrapServers)}

# What is known of each topic is in variables with its name in their own, since not every bash has associative arrays, and
# a program for each topic would take longer than all the rest. A name that Kafka does not take has none.
key() {
  case $1 in *[!A-Za-z0-9._-]*) variable="" ;; *) variable=\${1//_/__}; variable=\${variable//./_d}; variable=\${variable//-/_h} ;; esac
}
# One look at all topics.
described=$(topics --describe)
existing=$(awk -F'\\t' '/PartitionCount:/ {
  for (i = 1; i <= NF; i++) { split($i, part, ": "); field[part[1]] = part[2] }
  print field["Topic"], field["PartitionCount"], field["ReplicationFactor"] }' <<<"$described")
while read -r topic count copies; do
  key "$topic"; printf -v "partitions_$variable" %s "$count"; printf -v "replicas_$variable" %s "$copies"
done <<<"$existing"
# One look at all topic-level settings: of each topic name=value, a line each.
configured=$(configs --describe)
while IFS= read -r line; do
  case $line in
    "Dynamic configs for topic "*) line=\${line#Dynamic configs for topic }; key "\${line%% *}"; into=settings_$variable ;;
    "  "*) line=\${line#  }; printf -v "$into" '%s%s\\n' "\${!into-}" "\${line%% sensitive=*}" ;;
  esac
done <<<"$configured"
# Looks a topic up: "has" is its number of partitions, "copies" that of replicas, "set" are its settings.
look_up() {
  has="" copies="" set=""
  key "$1"; [ -n "$variable" ] || return 0
  local name=partitions_$variable; has=\${!name-}
  name=replicas_$variable; copies=\${!name-}
  name=settings_$variable; set=\${!name-}
}

wrong=""
check() {
  local has copies set; look_up "$1"
  if [ -n "$has" ] && [ "$has" -gt "$2" ]; then
    wrong+="  topic $1 has $has partitions and $2 are wanted: Kafka cannot take partitions away. Declare at least $has, or move to a new topic."$'\\n'
  fi
  if [ -n "$copies" ] && [ "$copies" -ne "$3" ]; then
    wrong+="  topic $1 has replication factor $copies and $3 is wanted: it is fixed when a topic is created. Declare $copies, or move to a new topic."$'\\n'
  fi
}
refuse_if_wrong() {
  [ -z "$wrong" ] || { printf 'Nothing was changed, because these topics cannot be made as declared:\\n%s' "$wrong" >&2; exit 1; }
}

changed=""
remove() {
  local topic there=() has copies set
  for topic in "$@"; do look_up "$topic"; [ -z "$has" ] || there+=("$topic"); done
  [ \${#there[@]} -gt 0 ] || return 0
  delete "\${there[@]}"
  printf 'Topic %s is deleted, as declared.\\n' "\${there[@]}"
}

ensure() {
  local topic=$1 wanted=$2 replicas=$3; shift 3
  local has copies set settings=() setting
  look_up "$topic"
  if [ -z "$has" ]; then
    changed=1
    for setting in "$@"; do settings+=(--config "$setting"); done
    topics --create --topic "$topic" --partitions "$wanted" --replication-factor "$replicas" \${settings[@]+"\${settings[@]}"}
    return
  fi
  if [ "$has" -lt "$wanted" ]; then
    changed=1
    topics --alter --topic "$(exactly "$topic")" --partitions "$wanted"
  fi
  undeclared "$@"
  if [ -n "$gone" ]; then
    changed=1
    configs --alter --entity-name "$topic" --delete-config "$gone"
  fi
  for setting in "$@"; do
    case $'\\n'$set in *$'\\n'"$setting"$'\\n'*) ;; *) settings+=("$setting") ;; esac
  done
  if [ \${#settings[@]} -gt 0 ]; then
    changed=1
    join "\${settings[@]}"
    configs --alter --entity-name "$topic" --add-config "$joined"
  fi
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

# Settings that the topic has ("set") and the declaration does not name, comma-separated, in "gone". Those of a
# reassignment that is under way are its own: without them it goes on at full speed.
undeclared() {
  local names=" " setting
  for setting in "$@"; do names+="\${setting%%=*} "; done
  gone=""
  while IFS= read -r setting; do
    setting=\${setting%%=*}
    case $setting in "" | *replication.throttled.replicas) continue ;; esac
    case $names in *" $setting "*) ;; *) gone+="\${gone:+,}$setting" ;; esac
  done <<<"$set"
}

# The first line that Kafka says of each topic.
show() {
  [ -z "$changed" ] || described=$(topics --describe)
  awk -F'\\t' -v declared=" $* " '/PartitionCount:/ { name = $1; sub(/^Topic: /, "", name); if (index(declared, " " name " ")) print }' <<<"$described"
}

name_undeclared() {
  local kept; kept=$(awk -v declared=" $* " '$1 != "" && $1 !~ /^__/ && index(declared, " " $1 " ") == 0 { print $1 }' \\
    <<<"$existing" | paste -sd, -)
  [ -z "$kept" ] || printf 'Kept, though not declared (any more): %s. A topic is deleted when it is declared with deleted: true.\\n' "$kept"
}`;
