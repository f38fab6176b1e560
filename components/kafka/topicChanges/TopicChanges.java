import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Makes and changes many topics in one JVM, by Kafka's own client: its command line tools take one topic a JVM, which
 * takes seconds on a head node.
 *
 * <p>Argument: the bootstrap servers. Standard input: changes, each of fields that end with a zero byte:
 *
 * <pre>
 *   create NAME PARTITIONS REPLICAS
 *   with   NAME SETTING               a setting (key=value) of a topic that is created
 *   grow   NAME PARTITIONS
 *   set    NAME SETTING               of a topic that exists
 *   unset  NAME KEY
 * </pre>
 *
 * Everything is tried, whatever fails; then each failure is a line on standard error, and the status is 1.
 *
 * <p>For Java 8, the oldest that Kafka 3.2 runs on, and without a class beside it.
 */
public final class TopicChanges {
  /** Topics a request: some hundreds of milliseconds of work for the brokers, far from any time-out. */
  private static final int BATCH = 100;
  /** A broker that does not answer in this time will not. In milliseconds. */
  private static final int TIMEOUT = 120_000;

  public static void main(String[] args) throws Exception {
    Map<String, NewTopic> created = new LinkedHashMap<>();
    Map<String, Map<String, String>> settings = new HashMap<>();
    Map<String, NewPartitions> grown = new LinkedHashMap<>();
    Map<ConfigResource, Collection<AlterConfigOp>> configured = new LinkedHashMap<>();
    List<String> fields = fields();
    for (int at = 0; at < fields.size(); ) {
      String change = fields.get(at);
      String name = fields.get(at + 1);
      String value = fields.get(at + 2);
      at += 3;
      switch (change) {
        case "create":
          created.put(name, new NewTopic(name, Integer.parseInt(value), Short.parseShort(fields.get(at++))));
          settings.put(name, new HashMap<>());
          break;
        case "with":
          settings.get(name).put(key(value), value.substring(key(value).length() + 1));
          break;
        case "grow":
          grown.put(name, NewPartitions.increaseTo(Integer.parseInt(value)));
          break;
        case "set":
          alter(configured, name, new ConfigEntry(key(value), value.substring(key(value).length() + 1)), AlterConfigOp.OpType.SET);
          break;
        case "unset":
          alter(configured, name, new ConfigEntry(value, ""), AlterConfigOp.OpType.DELETE);
          break;
        default:
          throw new IllegalArgumentException("no such change: " + change);
      }
    }
    for (Map.Entry<String, NewTopic> topic : created.entrySet()) topic.getValue().configs(settings.get(topic.getKey()));

    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("client.id", "topics");
    properties.put("request.timeout.ms", String.valueOf(TIMEOUT));
    properties.put("default.api.timeout.ms", String.valueOf(TIMEOUT));
    List<String> failures = new ArrayList<>();
    AdminClient admin = AdminClient.create(properties);
    try {
      List<NewTopic> topics = new ArrayList<>(created.values());
      for (int from = 0; from < topics.size(); from += BATCH) {
        List<NewTopic> batch = topics.subList(from, Math.min(from + BATCH, topics.size()));
        CreateTopicsOptions options = new CreateTopicsOptions().timeoutMs(TIMEOUT);
        await(admin.createTopics(batch, options).values(), "could not be made", failures);
      }
      if (!grown.isEmpty()) await(admin.createPartitions(grown).values(), "could not get more partitions", failures);
      if (!configured.isEmpty()) {
        Map<String, KafkaFuture<Void>> answers = new LinkedHashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Void>> answer : admin.incrementalAlterConfigs(configured).values().entrySet()) {
          answers.put(answer.getKey().name(), answer.getValue());
        }
        await(answers, "could not get its settings", failures);
      }
    } finally {
      admin.close();
    }
    for (String failure : failures) System.err.println(failure);
    if (!failures.isEmpty()) System.exit(1);
  }

  private static void alter(
      Map<ConfigResource, Collection<AlterConfigOp>> configured, String topic, ConfigEntry entry, AlterConfigOp.OpType type) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Collection<AlterConfigOp> changes = configured.get(resource);
    if (changes == null) configured.put(resource, changes = new ArrayList<>());
    changes.add(new AlterConfigOp(entry, type));
  }

  private static String key(String setting) {
    return setting.substring(0, setting.indexOf('='));
  }

  private static void await(Map<String, KafkaFuture<Void>> answers, String what, List<String> failures) throws InterruptedException {
    for (Map.Entry<String, KafkaFuture<Void>> answer : answers.entrySet()) {
      try {
        answer.getValue().get();
      } catch (ExecutionException failed) {
        failures.add("topic " + answer.getKey() + " " + what + ": " + failed.getCause().getMessage());
      }
    }
  }

  /** All of standard input; what is after the last zero byte, in a change that is cut short, counts for nothing. */
  private static List<String> fields() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    for (int count; (count = System.in.read(some)) > 0; ) all.write(some, 0, count);
    String text = new String(all.toByteArray(), StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\0');
    return end < 0 ? Collections.emptyList() : Arrays.asList(text.substring(0, end).split("\0", -1));
  }
}
