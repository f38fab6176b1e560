/**
 * Marks of the wire format (sdk/go/common/resource in pulumi/pulumi; `@pulumi/pulumi/runtime/rpc` has the same).
 * They are repeated here because loading the SDK's runtime would double the start-up time of every plugin; a test
 * keeps them equal to the SDK's.
 */
export const wire = {
  signature: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  /** What an unknown value is written as. */
  unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
} as const;

/** The engine writes a different token for each type an unknown value will have. */
export const unknownTokens: ReadonlySet<string> = new Set<string>([
  wire.unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);
