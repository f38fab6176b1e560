import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { encode } from "./codec";
import { type Change, changedKeys, type Diff, replaceKeys } from "./diff";
import { formatPath } from "./paths";
import type { CheckFailure, CheckRequest } from "./provider";
import type { Props } from "./values";

/** The answer to Check and CheckConfig. */
export function checkResponse(inputs: Props, failures: readonly CheckFailure[]): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(encode(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new proto.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

/** The answer to Diff and DiffConfig, with every difference at its own path. */
export function diffResponse({ changes, deleteBeforeReplace }: Diff): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const replaces = replaceKeys(changes);
  const response = new proto.DiffResponse();
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changedKeys(changes));
  response.setReplacesList(replaces);
  response.setDeletebeforereplace(replaces.length > 0 && deleteBeforeReplace === true);
  response.setHasdetaileddiff(true);
  for (const change of changes) response.getDetaileddiffMap().set(formatPath(change.path), propertyDiff(change));
  return response;
}

function propertyDiff({ kind, replace }: Change): proto.PropertyDiff {
  const { Kind } = proto.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const diff = new proto.PropertyDiff();
  diff.setKind(kinds[kind][replace ? 1 : 0]);
  diff.setInputdiff(true);
  return diff;
}

/** What the project's auto-naming settings ask for this resource. */
export function autonamingOf(request: proto.CheckRequest): CheckRequest["autonaming"] {
  const options = request.getAutonaming();
  if (!options) return undefined;
  const { Mode } = proto.CheckRequest.AutonamingOptions;
  const modes = { [Mode.PROPOSE]: "propose", [Mode.ENFORCE]: "enforce", [Mode.DISABLE]: "disable" } as const;
  return { name: options.getProposedName(), mode: modes[options.getMode()] };
}
