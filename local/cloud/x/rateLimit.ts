import { tooManyRequests } from "./problems";

const windowMs = 15 * 60 * 1000;

/** Counts requests to one endpoint in windows of 15 minutes, the first of which begins with the first request. */
export class RateLimit {
  private used = 0;
  private resetAt = 0;

  constructor(private readonly limit: number) {}

  /**
   * Counts one request.
   *
   * @returns the headers that X puts into every answer of the endpoint
   * @throws Problem 429 with the same headers when none is left
   */
  take(now: number): Record<string, string> {
    if (now >= this.resetAt) {
      this.used = 0;
      this.resetAt = now + windowMs;
    }
    const left = this.limit - this.used;
    const headers = {
      "x-rate-limit-limit": String(this.limit),
      "x-rate-limit-remaining": String(Math.max(0, left - 1)),
      "x-rate-limit-reset": String(Math.ceil(this.resetAt / 1000)),
    };
    if (left <= 0) throw tooManyRequests(headers);
    this.used++;
    return headers;
  }
}
