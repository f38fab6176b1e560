import { topicChanges } from "./topicChanges/compiled";

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
 * It reads all topics first and refuses what Kafka cannot do (fewer partitions, another replication factor, names that
 * differ in `.` and `_` only) before it changes anything, naming every such topic. Topics that are not declared are left
 * alone, and named. Every value is quoted for the shell, whatever it holds. A script that is cut on its way does nothing:
 * its last line starts it.
 *
 * Each call of Kafka's tools starts a JVM, which takes seconds on a head node. So there are few, however many topics: all
 * are looked at by two calls, those that go are deleted by one, and what differs is made and changed by one
 * (`topicChanges/TopicChanges.java`), since the tools would take one call for each.
 */
export function topicsScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const wanted = topics.filter((t) => !t.deleted);
  const unwanted = topics.filter((t) => t.deleted && !isInternal(t.name));
  return whole(bootstrapServers, [
    "look_at_all",
    ...wanted.map((t) => `check ${quote(t.name)} ${t.partitions} ${t.replicationFactor}`),
    "refuse_if_wrong",
    `remove ${unwanted.map((t) => quote(t.name)).join(" ")}`,
    ...wanted.map((t) => `ensure ${quote(t.name)} ${t.partitions} ${t.replicationFactor} ${configArguments(t.config)}`),
    "change",
    "show",
    "name_undeclared",
  ]);
}

/** Deletes the topics, but for internal ones. Those that do not exist (any more) are no error. */
export function deleteScript(bootstrapServers: string, topics: TopicSpec[]): string {
  const names = topics.filter((t) => !isInternal(t.name)).map((t) => quote(t.name));
  return whole(bootstrapServers, [`delete ${names.join(" ")}`]);
}

/** Functions first, then what calls them, which runs once all of it is there. */
const whole = (bootstrapServers: string, steps: string[]) =>
  [functions(bootstrapServers), "main() {", ...steps, "}", "main", ""].join("\n");

/** Single quotes keep everything as it is; a single quote itself has to step outside of them. */
export const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;

const configArguments = (config: Record<string, string> = {}) =>
  Object.entries(config)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => quote(`${key}=${value}`))
    .join(" ");

const functions = (bootstrapServers: string) => `set -euo pipefail
bin=/usr/hdp/current/kafka-broker/bin
servers=${quote(bootstrapServers)}
# Java classes of this script's own, packed.
program=${topicChanges}
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
}

# What is known of each topic is in variables with its name in their own, since not every bash has associative arrays, and
# a program for each topic would take longer than all the rest. A name that Kafka does not take has none.
key() {
  case $1 in *[!A-Za-z0-9._-]*) variable="" ;; *) variable=\${1//_/__}; variable=\${variable//./_d}; variable=\${variable//-/_h} ;; esac
}
# What a tool says, in "looked". A topic that somebody deletes meanwhile makes it fail, at once: then it looks again. Brokers
# that do not answer do so for a minute, and are not asked again.
look() {
  local tries began code=0
  for tries in 1 2 3; do
    began=$SECONDS
    if looked=$("$@"); then return 0; else code=$?; fi
    [ "$tries" -lt 3 ] && [ $((SECONDS - began)) -lt 20 ] || break
    sleep 1
  done
  return "$code"
}
look_at_all() {
  local topic count copies line into=""
  look topics --describe; described=$looked
  existing=$(printf '%s\\n' "$described" | awk -F'\\t' '/PartitionCount:/ {
    for (i = 1; i <= NF; i++) { split($i, part, ": "); field[part[1]] = part[2] }
    print field["Topic"], field["PartitionCount"], field["ReplicationFactor"] }')
  while read -r topic count copies; do
    [ -n "$topic" ] || continue
    key "$topic"; printf -v "partitions_$variable" %s "$count"; printf -v "replicas_$variable" %s "$copies"
    key "\${topic//./_}"; printf -v "flat_$variable" %s "$topic"
  done < <(printf '%s\\n' "$existing")
  # One look at all topic-level settings: of each topic name=value, a line each.
  look configs --describe
  while IFS= read -r line; do
    case $line in
      "Dynamic configs for topic "*) line=\${line#Dynamic configs for topic }; key "\${line%% *}"; into=settings_$variable ;;
      "  "*) line=\${line#  }; printf -v "$into" '%s%s\\n' "\${!into-}" "\${line%% sensitive=*}" ;;
    esac
  done < <(printf '%s\\n' "$looked")
}
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
  local has copies set other; look_up "$1"
  [ -z "$variable" ] || { printf -v "known_$variable" 1; printf -v "wanted_$variable" 1; }
  if [ -n "$has" ] && [ "$has" -gt "$2" ]; then
    wrong+="  topic $1 has $has partitions and $2 are wanted: Kafka cannot take partitions away. Declare at least $has, or move to a new topic."$'\\n'
  fi
  if [ -n "$copies" ] && [ "$copies" -ne "$3" ]; then
    wrong+="  topic $1 has replication factor $copies and $3 is wanted: it is fixed when a topic is created. Declare $copies, or move to a new topic."$'\\n'
  fi
  key "\${1//./_}"
  if [ -z "$has" ] && [ -n "$variable" ]; then
    other=flat_$variable; other=\${!other-}
    if [ -n "$other" ]; then
      wrong+="  topic $1 cannot be made beside topic $other: their metrics have one name, so Kafka refuses it. Choose another name, or delete $other in a deployment before."$'\\n'
    fi
    printf -v "flat_$variable" %s "$1"
  fi
}
refuse_if_wrong() {
  [ -z "$wrong" ] || { printf 'Nothing was changed, because these topics cannot be made as declared:\\n%s' "$wrong" >&2; exit 1; }
}

remove() {
  local topic there=() has copies set
  for topic in "$@"; do
    look_up "$topic"
    [ -z "$variable" ] || printf -v "known_$variable" 1
    [ -z "$has" ] || there+=("$topic")
  done
  [ \${#there[@]} -gt 0 ] || return 0
  delete "\${there[@]}"
  printf 'Topic %s is deleted, as declared.\\n' "\${there[@]}"
}

# What is to be changed, as TopicChanges reads it.
changes=()
ensure() {
  local topic=$1 wanted=$2 replicas=$3; shift 3
  local has copies set setting
  look_up "$topic"
  if [ -z "$has" ]; then
    changes+=(create "$topic" "$wanted" "$replicas")
    for setting in "$@"; do changes+=(with "$topic" "$setting"); done
    return
  fi
  [ "$has" -ge "$wanted" ] || changes+=(grow "$topic" "$wanted")
  undeclared "$topic" "$@"
  for setting in "$@"; do
    case $'\\n'$set in *$'\\n'"$setting"$'\\n'*) ;; *) changes+=(set "$topic" "$setting") ;; esac
  done
}

# Takes away settings that the topic has ("set") and the declaration does not name. Those of a reassignment that is under
# way are its own: without them it goes on at full speed.
undeclared() {
  local topic=$1 names=" " setting; shift
  for setting in "$@"; do names+="\${setting%%=*} "; done
  while IFS= read -r setting; do
    setting=\${setting%%=*}
    case $setting in "" | *replication.throttled.replicas) continue ;; esac
    case $names in *" $setting "*) ;; *) changes+=(unset "$topic" "$setting") ;; esac
  done < <(printf '%s' "$set")
}

# Java reads classes from files only, so for a moment there is one. A node's disk may be full, its memory is not.
change() {
  [ \${#changes[@]} -gt 0 ] || return 0
  local place
  classes=""
  for place in "\${TMPDIR:-/tmp}" /dev/shm "$HOME"; do
    if classes=$(mktemp -d "$place/topics.XXXXXX" 2>/dev/null); then break; fi
  done
  [ -n "$classes" ] || { echo "Nothing was changed: none of \${TMPDIR:-/tmp}, /dev/shm and $HOME takes a file on $(hostname). Make room in one." >&2; exit 1; }
  trap 'rm -rf "$classes"' EXIT
  printf %s "$program" | base64 -d | gunzip >"$classes/TopicChanges.class"
  printf '%s\\0' "\${changes[@]}" | CLASSPATH=$classes "$bin/kafka-run-class.sh" TopicChanges "$servers" || {
    echo "So not all topics are as declared yet. The next deployment tries again." >&2; exit 1
  }
}

is() { local name=$1_$2; [ -n "$2" ] && [ -n "\${!name-}" ]; }

# The first line that Kafka says of each topic.
show() {
  local line topic
  [ \${#changes[@]} -eq 0 ] || { look topics --describe; described=$looked; }
  while IFS= read -r line; do
    case $line in *PartitionCount:*) ;; *) continue ;; esac
    topic=\${line#Topic: }; key "\${topic%%$'\\t'*}"
    if is wanted "$variable"; then printf '%s\\n' "$line"; fi
  done < <(printf '%s\\n' "$described")
}

name_undeclared() {
  local topic rest kept=""
  while read -r topic rest; do
    case $topic in "" | __*) continue ;; esac
    key "$topic"
    is known "$variable" || kept+=\${kept:+,}$topic
  done < <(printf '%s\\n' "$existing")
  [ -z "$kept" ] || printf 'Kept, though not declared (any more): %s. A topic is deleted when it is declared with deleted: true.\\n' "$kept"
}`;
