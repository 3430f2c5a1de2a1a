// What is known of a contender without running it, whether it is the house's or a scheme of the literature.

import { CONTENDERS } from '@hushgrid/lab'
import { SCHEMES, type SchemeName } from '@hushgrid/schemes'

/** Families, in the order in which figures and tables show them. */
export const FAMILIES = ['none', 'masks', 'keys', 'interactive', 'non-interactive', 'concentrator', 'other'] as const
export type Family = (typeof FAMILIES)[number]

export const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  none: 'nothing, or trust',
  masks: 'masks',
  keys: 'keys that sum up',
  interactive: 'interactive',
  'non-interactive': 'non-interactive',
  concentrator: 'concentrator',
  other: 'others'
}

export interface KnownContender {
  readonly name: string
  readonly title: string
  readonly family: Family
  /** True for the house's own, false for a scheme of the literature. */
  readonly own: boolean
  readonly dealer: string
  /** Fate of a slot in which a meter is missing. */
  readonly missing: string
  /** Who sees a single reading alone, and who must collude to. */
  readonly sees: string
  readonly collusion: string
  /** Bits of security, at a length of its key. */
  readonly strength: (bits: number | null) => string
  readonly uncertain: readonly string[]
  readonly citation: string | null
}

const OWN_FAMILIES: Readonly<Record<string, Family>> = { plain: 'none', dcnet: 'masks', pes: 'concentrator' }

/** Who deals something out among the house's contenders; nobody where left out. */
const OWN_DEALERS: Readonly<Record<string, string>> = { 'pes-direct': 'key shares' }

const OWN: readonly KnownContender[] = CONTENDERS.map(({ facts }) => ({
  name: facts.name,
  title: facts.title,
  family: OWN_FAMILIES[facts.family] ?? 'other',
  own: true,
  dealer: OWN_DEALERS[facts.name] ?? 'none',
  missing: facts.missing,
  sees: facts.trust.sees,
  collusion: facts.trust.together,
  strength: facts.strength.weakest,
  uncertain: [],
  citation: null
}))

function schemeOf(name: SchemeName): KnownContender {
  const make = SCHEMES[name]
  const { facts } = make()
  return {
    name,
    title: facts.title,
    family: facts.family,
    own: false,
    dealer: facts.dealer,
    missing: facts.missing,
    sees: facts.sees,
    collusion: facts.collusion,
    strength: bits => strengthText((bits === null ? facts : make({ bits }).facts).strength),
    uncertain: facts.uncertain,
    citation: facts.citation
  }
}

const strengthText = (bits: number): string => (bits === 0 ? 'none' : `≈ ${bits}`)

/** All contenders: the house's, then the schemes; what both know by one name is the house's. */
export const KNOWN_CONTENDERS: readonly KnownContender[] = [
  ...OWN,
  ...(Object.keys(SCHEMES) as SchemeName[]).filter(name => OWN.every(own => own.name !== name)).map(schemeOf)
]

/** Gives what is known of a contender; of one that is not known here, its name alone. */
export function knownContender(name: string): KnownContender {
  const known = KNOWN_CONTENDERS.find(each => each.name === name)
  if (known) return known
  const unknown = { dealer: '–', missing: '–', sees: '–', collusion: '–' }
  return { name, title: name, family: 'other', own: false, ...unknown, strength: () => '–', uncertain: [], citation: null }
}
