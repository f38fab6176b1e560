/**
 * Sizes that HDInsight does not offer any more: Av1 since August 2024, Dv1 and Dv2 since March 2026
 * (learn.microsoft.com/azure/hdinsight/hdinsight-component-retirements-and-action-required). With or without "Standard_",
 * as HDInsight takes both.
 */
const retiredSize =
  /^(?:(?:Basic|Standard)_A\d+|Standard_DS?\d+(?:_v2)?(?:_Promo)?|A\d+|(?:Extra)?(?:Small|Medium|Large))$/i;

export function isRetiredSize(size: string): boolean {
  return retiredSize.test(size);
}
