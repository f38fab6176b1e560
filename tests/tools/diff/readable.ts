/** A report without what differs from one deployment to the next, for files that it is compared with. */
export function readable(report: string): string {
  return `${report
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "00000000-0000-0000-0000-000000000000")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "2026-01-01T00:00:00.000Z")
    .replaceAll(/#job\/\d+/g, "#job/1")
    .replaceAll(/\b\d{16}\b/g, "1234567890123456")
    .replaceAll(/\b(kafka-network-vnet|kafkareview|databricks-rg-streaming-review-)[0-9a-f]{8}/g, "$100000000")
    .replaceAll(/\b\d{4}-\d{6}-[a-z0-9]{8}\b/g, "0101-120000-abcdefgh")}\n`;
}
