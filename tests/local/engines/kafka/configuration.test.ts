import { describe, expect, test } from "vitest";
import { checkFolder } from "../../../../local/engines/kafka";
import {
  hostFolders,
  hostsFile,
  type KafkaHost,
  mapKafkaHome,
  pathOnHost,
} from "../../../../local/engines/kafka/hosts";
import type { Java } from "../../../../local/engines/kafka/java";
import { kafkaEnvScript } from "../../../../local/engines/kafka/kafkaEnv";
import {
  brokerId,
  formatProperties,
  listenerPorts,
  plaintextPort,
  serverProperties,
} from "../../../../local/engines/kafka/serverProperties";

const worker: KafkaHost = { role: "worker", name: "wn0-events.abc.internal", address: "127.7.0.4" };
const head: KafkaHost = { role: "head", name: "hn0-events.abc.internal", address: "127.7.0.5" };
const folders = hostFolders("/twin/clusters/events", worker);
const java: Java = { executable: "/jvm/bin/java", home: "/jvm", classpath: [], options: [] };
const config = { listeners: "PLAINTEXT://localhost:9092", "zookeeper.connect": "zk0:2181", "log.dirs": "/a,/b" };

describe("server.properties", () => {
  test("has the host's name for localhost, its own id, and folders of its own", () => {
    expect(serverProperties({ ...config, "num.partitions": "4" }, worker, 1002, folders)).toEqual({
      "broker.id": "1002",
      "broker.id.generation.enable": "false",
      listeners: "PLAINTEXT://wn0-events.abc.internal:9092",
      "log.dirs": "/twin/clusters/events/wn0-events/disk/a,/twin/clusters/events/wn0-events/disk/b",
      "num.partitions": "4",
      "zookeeper.connect": "zk0:2181",
    });
  });

  test("advertises only what the configuration says, by the host's name too", () => {
    const advertised = { ...config, "advertised.listeners": "PLAINTEXT://localhost:19092" };
    expect(serverProperties(advertised, worker, 1001, folders)["advertised.listeners"]).toBe(
      "PLAINTEXT://wn0-events.abc.internal:19092",
    );
    expect(serverProperties(config, worker, 1001, folders)).not.toHaveProperty("advertised.listeners");
  });

  test.each(["listeners", "zookeeper.connect", "log.dirs"])("cannot be without `%s`", (key) => {
    const without = Object.fromEntries(Object.entries(config).filter(([name]) => name !== key));
    expect(() => serverProperties(without, worker, 1001, folders)).toThrow(
      `Configuration parameter '${key}' was not found in \`kafka-broker\``,
    );
  });

  test("is sorted and written as it stands", () => {
    expect(formatProperties({ b: "x=y", a: "" })).toBe("a=\nb=x=y\n");
  });

  test("ids count on from the range that Ambari leaves to operators", () => {
    expect([brokerId([worker, head], worker), brokerId([worker, head], head)]).toEqual([1001, 1002]);
  });

  test.each([
    ["PLAINTEXT://a:9092", [9092], 9092],
    ["SSL://a:9093,PLAINTEXT://0.0.0.0:9092", [9093, 9092], 9092],
    ["SASL_PLAINTEXT://a:9094", [9094], undefined],
    ["PLAINTEXT://:9092", [9092], 9092],
  ])("the ports of %s are known", (listeners, ports, plaintext) => {
    expect(listenerPorts(listeners)).toEqual(ports);
    expect(plaintextPort(`a=b\nlisteners=${listeners}\n`)).toBe(plaintext);
  });
});

describe("kafka-env.sh", () => {
  const render = (content: string, more = {}) => kafkaEnvScript({ content, ...more }, folders, java);

  test("fills in what Ambari knows, and maps the node's path", () => {
    expect(
      render("export JAVA_HOME={{java64_home}}\nX=/usr/hdp/current/kafka-broker/conf\nY={{mine}}", { mine: "1" }),
    ).toBe(`export JAVA_HOME=/jvm\nX=${folders.kafkaHome}/conf\nY=1\n`);
  });

  test("leaves the shell's own braces alone", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
    const text = "a=${b%.*}\nsed -i '/advertised/{/advertised@/!d;}' f\nawk '{print $1}'\n";
    expect(render(text)).toBe(text);
  });

  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
    ["the length of an array", "echo ${#items[@]}"],
    ["an unknown name", "{{nobody_knows}}"],
    ["a block that does not end", "{% if x %}"],
    ["braces in a shell function", "f() {{ echo x; }}"],
  ])("refuses %s, as the template that it is", (_what, content) => {
    expect(() => render(content)).toThrow("`kafka-env/content` is not a valid Jinja template: ");
  });

  test("cannot be without content", () => {
    expect(() => kafkaEnvScript({}, folders, java)).toThrow(
      "Configuration parameter 'content' was not found in `kafka-env`",
    );
  });
});

describe("a host's folder", () => {
  test("holds every absolute path of a configuration, and nothing leads out of it", () => {
    expect(pathOnHost(folders, "/kafka-logs/x")).toBe("/twin/clusters/events/wn0-events/disk/kafka-logs/x");
    expect(pathOnHost(folders, "/a/../../b")).toBe("/twin/clusters/events/wn0-events/disk/b");
    expect(() => pathOnHost(folders, "../../b")).toThrow("`../../b` is not an absolute path");
    expect(() => pathOnHost(folders, "")).toThrow("is not an absolute path");
  });

  test("stands for the node's path wherever a text names it", () => {
    expect(mapKafkaHome("a /usr/hdp/current/kafka-broker/x;/usr/hdp/current/kafka-broker", folders)).toBe(
      `a ${folders.kafkaHome}/x;${folders.kafkaHome}`,
    );
  });

  test("is refused where a shell would take its path apart", () => {
    expect(() => checkFolder("/home/me/My Projects")).toThrow("keep the project in a folder named with letters");
    expect(() => checkFolder("/home/me/my-projects_2/v1.0")).not.toThrow();
  });
});

test("the cluster's names resolve to its addresses, long and short, with HDInsight's alias of the head node", () => {
  expect(hostsFile([head, worker])).toBe(
    [
      "127.0.0.1 localhost",
      "127.7.0.5 hn0-events.abc.internal hn0-events headnodehost",
      "127.7.0.4 wn0-events.abc.internal wn0-events",
      "",
    ].join("\n"),
  );
});
