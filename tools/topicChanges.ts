/**
 * Compiles `components/kafka/topicChanges/TopicChanges.java` into `compiled.ts` beside it, which the topics script carries:
 * `npx tsx tools/topicChanges.ts`, after an edit of the Java source. Needs a JDK 17, and Kafka's client among the tools
 * (`npm start` fetches it).
 */
import { writeFileSync } from "node:fs";
import { compiledFile, compileTopicChanges, moduleOf } from "./topicChanges/compile";

writeFileSync(compiledFile, moduleOf(compileTopicChanges()));
