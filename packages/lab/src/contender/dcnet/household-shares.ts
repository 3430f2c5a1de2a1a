/** Share of all work that falls to registrar and aggregator, both in this process. */
const HUB_SHARE = 0.4

/** Spreads households over processes so that the work is even; gives their numbers, this process's first. */
export function householdShares(members: number, processes: number): number[][] {
  const others = Math.min(processes, members) - 1
  const own = others === 0 ? members : Math.round((members * Math.max(0, 1 / (others + 1) - HUB_SHARE)) / (1 - HUB_SHARE))
  const out: number[][] = Array.from({ length: others + 1 }, () => [])
  for (let i = 0; i < members; i++) out[i < own ? 0 : 1 + ((i - own) % others)]?.push(i)
  return out
}

/** Numbers the households that have readings and no meter from the start. */
export function laterHouseholds(members: number, households: number): number[] {
  return Array.from({ length: Math.max(0, households - members) }, (_, i) => members + i)
}
