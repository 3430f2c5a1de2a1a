/** Part of all work that is the registrar's and the aggregator's, whose end of every connection is in this process. */
const HUB_SHARE = 0.4

/** Numbers of the households that each process runs, this one's first: as many as even out the work. */
export function householdShares(members: number, processes: number): number[][] {
  const others = Math.min(processes, members) - 1
  const own = others === 0 ? members : Math.round((members * Math.max(0, 1 / (others + 1) - HUB_SHARE)) / (1 - HUB_SHARE))
  const out: number[][] = Array.from({ length: others + 1 }, () => [])
  for (let i = 0; i < members; i++) out[i < own ? 0 : 1 + ((i - own) % others)]?.push(i)
  return out
}

/** Numbers of the households that may join a neighbourhood of so many members. */
export function laterHouseholds(members: number, households: number): number[] {
  return Array.from({ length: Math.max(0, households - members) }, (_, i) => members + i)
}
