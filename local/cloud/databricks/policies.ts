import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { JsonStore } from "../store";
import { type ClusterSpec, readClusterSpec } from "./clusterSpec";
import type { WorkspaceContext } from "./context";
import { doesNotExist, invalidParameter, notInTwin } from "./errors";
import { read } from "./input";
import { type ClusterType, filledIn, parseDefinition, violation } from "./policyRules";

interface Policy {
  policy_id: string;
  name: string;
  definition: string;
  description?: string;
  max_clusters_per_user?: number;
  creator_user_name: string;
  created_at_timestamp: number;
}

const body = z.looseObject({
  name: z.string().min(1).max(100),
  definition: z.string(),
  description: z.string().max(1000).optional(),
  max_clusters_per_user: z.int().positive().optional(),
});
const byId = z.looseObject({ policy_id: z.string() });
const named = z.looseObject({ policy_id: z.string().optional() });

/** Cluster policies: what a cluster that names one must look like. */
export class Policies {
  private readonly store: JsonStore<Policy>;

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "policies.json"));
  }

  list(): Policy[] {
    return this.store.values();
  }

  has(policyId: string): boolean {
    return this.store.has(policyId);
  }

  get(policyId: string): Policy {
    const policy = this.store.get(policyId);
    if (!policy) throw doesNotExist(`Can't find a cluster policy with id: ${policyId}.`);
    return policy;
  }

  create(input: unknown): Policy {
    const policy_id = randomBytes(8).toString("hex").toUpperCase();
    const policy: Policy = {
      ...this.checked(input),
      policy_id,
      creator_user_name: this.context.userName,
      created_at_timestamp: Date.now(),
    };
    this.store.set(policy_id, policy);
    return policy;
  }

  edit(policyId: string, input: unknown): void {
    const { creator_user_name, created_at_timestamp } = this.get(policyId);
    this.store.set(policyId, {
      ...this.checked(input, policyId),
      policy_id: policyId,
      creator_user_name,
      created_at_timestamp,
    });
  }

  delete(policyId: string): void {
    this.get(policyId);
    this.store.delete(policyId);
  }

  /**
   * A cluster description, checked, under the policy that it names: with what the policy fills in.
   *
   * @throws HttpError INVALID_PARAMETER_VALUE naming the attribute that the policy does not allow; see `readClusterSpec`
   */
  readCluster(value: unknown, type: ClusterType, prefix = ""): ClusterSpec {
    const { policy_id: policyId } = read(named, value, prefix);
    if (!policyId) return readClusterSpec(value, prefix);
    const rules = parseDefinition(this.get(policyId).definition);
    const spec = readClusterSpec(filledIn(rules, value as Record<string, unknown>), prefix);
    const problem = violation(rules, spec, type);
    if (problem) throw invalidParameter(`Cluster validation error: ${problem}`);
    return spec;
  }

  private checked(input: unknown, policyId?: string) {
    const family = (input as Record<string, unknown> | undefined)?.policy_family_id;
    if (family) throw notInTwin("`policy_family_id` is not supported: give the whole `definition`");
    const { name, definition, description, max_clusters_per_user } = read(body, input);
    parseDefinition(definition);
    if (this.list().some((other) => other.name === name && other.policy_id !== policyId)) {
      throw invalidParameter(`Policy name "${name}" is already in use`);
    }
    return { name, definition, description, max_clusters_per_user };
  }
}

/** `/api/2.0/policies/clusters/*`. */
export function policyRoutes(app: FastifyInstance, policies: Policies): void {
  const base = "/api/2.0/policies/clusters";
  app.post(`${base}/create`, async (request) => ({ policy_id: policies.create(request.body).policy_id }));
  app.get(`${base}/get`, async (request) => policies.get(read(byId, request.query).policy_id));
  app.get(`${base}/list`, async () => ({ policies: policies.list(), total_count: policies.list().length }));
  app.post(`${base}/edit`, async (request) => {
    const { policy_id: policyId, ...input } = read(byId, request.body);
    policies.edit(policyId, input);
    return {};
  });
  app.post(`${base}/delete`, async (request) => {
    policies.delete(read(byId, request.body).policy_id);
    return {};
  });
}
