// What all contenders must say of themselves, how one is asked for, and runs in virtual time.
import { SCHEMES } from '@hushgrid/schemes'
import { describe, expect, it } from 'vitest'
import { checkMembers } from '../../src/contender/contender.ts'
import { CONTENDERS, contenderFor, contendersOn } from '../../src/contender/contenders.ts'
import { CONTENDER_NAMES, LAB_MODES, LAB_VARIANTS } from '../../src/contender/names.ts'
import { SCHEME_CONTENDERS } from '../../src/contender/schemes/contenders.ts'
import { paillierStrength } from '../../src/contender/strength.ts'
import { syntheticReadings } from '../../src/meters/readings.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { ROLES } from '../../src/roles/role.ts'

const BITS = 2048
const ALL = [...CONTENDERS, ...SCHEME_CONTENDERS]

describe('contenders', () => {
  it('are each known by a name and a title of their own', () => {
    for (const key of ['name', 'title'] as const) {
      const values = ALL.map(({ facts }) => facts[key])
      expect(new Set(values).size, key).toBe(ALL.length)
    }
    expect(CONTENDERS.map(({ facts }) => facts.name)).toEqual(['plain', 'dcnet', 'dcnet-double', 'pes-reencrypt', 'pes-direct'])
  })

  it.each(ALL.map(contender => [contender.facts.name, contender] as const))('%s says everything that is asked', (_, { facts }) => {
    const { strength, trust, missing, family, marks, roles } = facts
    const bits = facts.key ? BITS : null
    for (const text of [family, missing, trust.sees, trust.together, trust.besides]) expect(text).not.toBe('')
    for (const of of [strength.cryptography, strength.ofEach, strength.weakest]) expect(of(bits)).toMatch(/./)
    expect(roles).toContain('meter')
    expect(roles.every(role => ROLES.includes(role))).toBe(true)
    expect(marks.every(({ colour }) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true)
    // There is a degree where there are masks, and only there something to recover and a bound on who may collude.
    expect([facts.recoveries !== undefined, trust.bears !== undefined]).toEqual([facts.masks, facts.masks])
  })

  it('have no mark in common, and as many as there are lengths of a key', () => {
    const shapes = ALL.flatMap(({ facts }) => facts.marks.map(({ shape }) => shape))
    expect(new Set(shapes).size).toBe(shapes.length)
    for (const { facts } of ALL) expect(facts.marks.length).toBe(facts.key ? 3 : 1)
  })

  it.each(CONTENDERS.map(contender => [contender.facts.name, contender] as const))('%s shows where plaintext is', (_, { shown, facts }) => {
    if (!shown) return
    expect(facts.roles).toContain(shown.collector)
    expect(shown.sight.filter(({ plaintext }) => plaintext).map(({ role }) => role)).toContain('meter')
    for (const { sees } of shown.sight) expect(sees).toMatch(/^[A-Z].*\.$/)
    // Readings come in plain where a role beside the meter sees them so.
    expect(shown.forms.includes('plain')).toBe(shown.sight.some(({ role, plaintext }) => plaintext && role !== 'meter'))
    expect(shown.forms.includes('masked')).toBe(facts.masks)
    const roles = shown.sight.map(({ role }) => role)
    expect(roles).toEqual(expect.arrayContaining(shown.path.map(({ role }) => role)))
    expect(shown.path[0]?.role).toBe(shown.collector)
    expect(shown.notAskedTwice === undefined).toBe(facts.masks)
  })
})

describe('schemes', () => {
  const factsOf = (name: string) => SCHEME_CONTENDERS.find(({ facts }) => facts.name === name)?.facts

  it('are all that yield totals, and none that the lab offers', () => {
    const names = Object.keys(SCHEMES).filter(name => name !== 'plain' && name !== 'erkin-tsudik-temporal')
    expect(SCHEME_CONTENDERS.map(({ facts }) => facts.name)).toEqual(names)
    expect(SCHEME_CONTENDERS.filter(({ shown }) => shown)).toEqual([])
  })

  it('have the roles, keys and strengths of their facts', () => {
    expect(factsOf('vetter')?.roles).toEqual(['meter', 'aggregator', 'key-authority', 'store', 'registrar'])
    expect(factsOf('leontiadis')?.roles).toEqual(['meter', 'aggregator', 'dealer', 'collector', 'registrar'])
    expect(factsOf('klenze')?.roles).toEqual(['meter', 'device', 'aggregator', 'registrar'])
    const keyed = SCHEME_CONTENDERS.filter(({ facts }) => facts.key).map(({ facts }) => facts.name)
    expect(keyed).toEqual(['garcia-jacobs', 'klenze', 'erkin-tsudik-spatial', 'dimitriou-awad-robust', 'joye-libert', 'leontiadis'])
    const weakest = (name: string, bits: number | null) => factsOf(name)?.strength.weakest(bits)
    expect([weakest('joye-libert', 2048), weakest('joye-libert', 3072), weakest('shi', null), weakest('marmol', null)]).toEqual([
      '≈ 112',
      '≈ 128',
      '≈ 126',
      '≈ 128'
    ])
  })

  it('with a message for each pair of meters run with fifty at most', () => {
    const bounded = SCHEME_CONTENDERS.filter(({ facts }) => facts.most !== undefined)
    expect(bounded.map(({ facts }) => facts.name)).toEqual(['erkin-tsudik-spatial', 'dimitriou-awad-symmetric', 'dimitriou-awad-robust'])
    for (const contender of SCHEME_CONTENDERS) expect(() => checkMembers(contender, 50)).not.toThrow()
    for (const contender of bounded)
      expect(() => checkMembers(contender, 51)).toThrow(`${contender.facts.name}, n = 51: expected at most 50 meters on live nodes`)
    const [each] = bounded
    const network = labNetwork(51)
    const options = { network, members: 51, readings: syntheticReadings(network, 51, 's'), slotMs: 1000, processes: 1, state: '' }
    expect(() => each?.live({ ...options, emit: () => {}, fail: () => {} })).toThrow('expected at most 50 meters')
  })

  it('that compute for each pair need longer slots', () => {
    const lengths = (name: string) => [10, 50].map(n => factsOf(name)?.slotMs?.(n, BITS))
    expect(lengths('garcia-jacobs')).toEqual([43_200, 1_176_000])
    expect(lengths('joye-libert')).toEqual([4_800, 24_000])
    expect(lengths('shi')).toEqual([undefined, undefined])
  })
})

describe('contenderFor', () => {
  it('goes by mode, variant and recovery, as far as they are said', () => {
    const name = (...asked: Parameters<typeof contenderFor>) => contenderFor(...asked).facts.name
    expect(name({ mode: 'dcnet' })).toBe('dcnet')
    expect(name({ mode: 'dcnet', recovery: 'none' })).toBe('dcnet')
    expect(name({ mode: 'dcnet', recovery: 'double-mask' })).toBe('dcnet-double')
    expect(name({ mode: 'pes' })).toBe('pes-reencrypt')
    // A network's recovery mode says nothing of who has no masks, and a variant nothing of a mode that has none.
    expect(name({ mode: 'dcnet', variant: 'direct' })).toBe('dcnet')
    expect(name({ mode: 'pes', variant: 'direct', recovery: 'double-mask' })).toBe('pes-direct')
  })

  it('offers what has a page', () => {
    expect([...new Set(CONTENDERS.flatMap(({ shown }) => shown?.mode ?? []))]).toEqual(LAB_MODES)
    expect(CONTENDERS.flatMap(({ shown }) => shown?.variant ?? [])).toEqual(LAB_VARIANTS)
    expect(CONTENDERS.map(({ facts }) => facts.name)).toEqual(CONTENDER_NAMES)
  })

  it('switches among what recovers as the network does', () => {
    const names = (...on: Parameters<typeof contendersOn>) => contendersOn(...on).map(({ facts }) => facts.name)
    expect(names('edge-release')).toEqual(['dcnet', 'pes-reencrypt', 'pes-direct'])
    expect(names('none')).toEqual(['dcnet', 'pes-reencrypt', 'pes-direct'])
    expect(names('double-mask')).toEqual(['dcnet-double', 'pes-reencrypt', 'pes-direct'])
    expect(contendersOn('none').map(({ shown }) => shown.label)).toEqual(['DC-net', 'PES, re-encrypting', 'PES, direct'])
  })
})

describe('strength', () => {
  it('of Paillier is that of NIST SP 800-57', () => {
    expect([512, 1024, 2048, 3072, 4096, 7680].map(paillierStrength)).toEqual([
      'below 80: for tests only',
      '≈ 80',
      '≈ 112',
      '≈ 128',
      'between 128 and 192',
      '≈ 192'
    ])
  })
})

describe('simulated', () => {
  const simulated = CONTENDERS.filter(contender => contender.simulated)

  it('is there where readings are hidden', () => {
    expect(simulated.map(({ facts }) => facts.name)).toEqual(
      CONTENDERS.filter(({ facts }) => facts.name !== 'plain').map(({ facts }) => facts.name)
    )
  })

  it.each(simulated.map(contender => [contender.facts.name, contender] as const))('%s recovers from a crash', (_, contender) => {
    const [recovery = 'none'] = contender.facts.recoveries ?? []
    const network = { ...labNetwork(8), recovery }
    const operations = [{ at: 2, do: 'crash', meter: 3, phase: 'before-submitting' }] as const
    const result = contender.simulated?.({ network, seed: 'contender', operations, slots: 5 })
    expect(result?.violations).toEqual([])
    expect(result?.summary).toMatchObject({ exact: 5 })
    expect(result?.slots[2]).toMatchObject({ missing: [3], recovered: true })
  })
})
