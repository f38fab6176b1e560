import { keyName, type Problem, setCommand, show } from "./problems";

/** What the cluster's storage account and the way to log in to it must be to each other. */
export function storageProblems(values: { kafkaStorageAccess?: string; kafkaStorageKind?: string }): Problem[] {
  const { kafkaStorageAccess: access, kafkaStorageKind: kind } = values;
  if (kind !== "adls" || access !== "key") return [];
  return [
    {
      key: keyName("kafkaStorageAccess"),
      got: show(access),
      needs:
        '"identity", because `streaming:kafkaStorageKind` is "adls": HDInsight opens Data Lake Storage with no key',
      fix: [setCommand("kafkaStorageAccess", "identity")],
    },
  ];
}
