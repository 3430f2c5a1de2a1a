// Raw results of a comparison that never was: costs that follow a power law exactly, times seeded noise.

import type { ComparedEnvironment, RoleCost, RoleName } from '@hushgrid/lab'
import { SeededRng } from '@hushgrid/primitives'
import type { ComparedChange, ComparedResults, ComparedRun, ComparedSlot } from '../../src/results/result.ts'

/** CPU ms of a reading: factor · n ^ exponent. */
interface PowerLaw {
  readonly factor: number
  readonly exponent: number
}

/** Roles of a mode and what they follow. */
type Laws = Readonly<Partial<Record<RoleName, PowerLaw>>>

const LAWS = {
  plain: { meter: { factor: 0.5, exponent: 0 }, aggregator: { factor: 0.3, exponent: 0 } },
  dcnet: { meter: { factor: 0.8, exponent: 0.1 }, aggregator: { factor: 0.6, exponent: 0 }, registrar: { factor: 0.02, exponent: -0.5 } },
  'dcnet-double': {
    meter: { factor: 1.4, exponent: 0.3 },
    aggregator: { factor: 0.7, exponent: 0.8 },
    registrar: { factor: 0.02, exponent: -0.5 }
  },
  'pes-reencrypt': {
    meter: { factor: 0.6, exponent: 0 },
    concentrator: { factor: 0.5, exponent: 0 },
    pes: { factor: 3, exponent: 0 },
    supplier: { factor: 8, exponent: -1 }
  },
  'pes-direct': {
    meter: { factor: 2.2, exponent: 0 },
    concentrator: { factor: 0.5, exponent: 0 },
    pes: { factor: 20, exponent: -1 },
    supplier: { factor: 20, exponent: -1 }
  }
} as const satisfies Readonly<Record<string, Laws>>
/** The modes that results are generated of. */
export type ComparedMode = keyof typeof LAWS

const lawsOf = (mode: ComparedMode): Laws => LAWS[mode]

/** Exponent of the CPU of a reading that the generated results follow. */
export const exponentOf = (mode: ComparedMode, role: RoleName): number | undefined => lawsOf(mode)[role]?.exponent

export interface GeneratedOptions {
  readonly seed?: string
  readonly modes?: readonly ComparedMode[]
  readonly sizes?: readonly number[]
  readonly bits?: readonly number[]
  readonly repeats?: number
  readonly slots?: number
  /** Deviation of the noise's logarithm. */
  readonly noise?: number
}

function costOf(rng: SeededRng, cpuMs: number, bytes: number, noise: number): RoleCost {
  const vary = (value: number): number => Math.round(value * Math.exp(rng.normal(0, noise)) * 1000) / 1000
  const whole = (value: number): number => Math.round(vary(value))
  return {
    cpuMs: vary(cpuMs),
    sentBytes: whole(bytes * 1.6),
    receivedBytes: whole(bytes),
    sentMessages: whole(bytes / 130),
    receivedMessages: whole(bytes / 150),
    sentPayload: whole(bytes),
    receivedPayload: whole(bytes * 0.7)
  }
}

function slotOf(rng: SeededRng, run: { mode: ComparedMode; n: number }, index: number, noise: number): ComparedSlot {
  const { mode, n } = run
  const phase = (['steady', 'steady', 'steady', 'steady', 'steady', 'join', 'leave', 'crash'] as const)[index % 8] ?? 'steady'
  const lost = phase === 'crash' && mode === 'plain'
  const missing = phase === 'crash' ? 1 : 0
  const submitted = n - missing
  const bytes = { plain: 120, dcnet: 150, 'dcnet-double': 600, 'pes-reencrypt': 420, 'pes-direct': 900 }[mode] * submitted
  const roles = Object.fromEntries(
    Object.entries(lawsOf(mode)).map(([role, { factor, exponent }]) => [
      role,
      costOf(rng, factor * n ** exponent * submitted, role === 'meter' ? bytes : bytes / 4, noise)
    ])
  )
  const latencyMs = lost ? null : rng.normal(mode.startsWith('pes') ? 80 : -180, 10) + n / 4
  return {
    start: new Date(Date.UTC(2025, 2, 24, 6, 15 * index)).toISOString(),
    phase,
    submitted,
    missing,
    recovered: lost ? 0 : missing,
    lost,
    exact: !lost,
    latencyMs,
    sinceEndMs: latencyMs === null ? null : latencyMs + 250,
    protocolMs: latencyMs === null ? null : (latencyMs + 250) * 900,
    units: latencyMs === null ? null : (latencyMs + 250) / 62.5,
    rounds: latencyMs === null ? null : mode.startsWith('pes') ? 3 : 1,
    roles
  }
}

function changesOf(rng: SeededRng, mode: ComparedMode, degree: number | null): ComparedChange[] {
  return (['join', 'leave', 'crash'] as const).map(kind => ({
    kind,
    ms: kind === 'crash' ? null : 120 + rng.normal(0, 12),
    extraCpuMs: { join: 60, leave: 8, crash: -2 }[kind] + rng.normal(0, 5),
    extraBytes: { join: 42_000, leave: 6_000, crash: -800 }[kind] + rng.normal(0, 900),
    extraMessages: { join: 90, leave: 20, crash: 4 }[kind],
    extraPayload: { join: 21_000, leave: 2_500, crash: 300 }[kind] + rng.normal(0, 300),
    keyAgreements: degree === null ? null : kind === 'join' ? 2 * degree : 0,
    lostSlots: kind === 'crash' && mode === 'plain' ? 1 : 0
  }))
}

function runOf(
  rng: SeededRng,
  combination: Pick<ComparedRun, 'bits' | 'n' | 'repeat'> & { readonly mode: ComparedMode },
  slots: number,
  noise: number
): ComparedRun {
  const { mode, n } = combination
  const degree = mode.startsWith('dcnet') ? Math.min(n - 1, mode === 'dcnet' ? 14 : 18) : null
  const roles = Object.keys(lawsOf(mode)) as RoleName[]
  return {
    ...combination,
    degree,
    slotSeconds: 900,
    slotMs: 1000,
    warmUpSlots: 3,
    slots: Array.from({ length: slots }, (_, i) => slotOf(rng, combination, i, noise)),
    setup: {
      ms: 900 + 40 * n * Math.exp(rng.normal(0, noise)),
      roles: Object.fromEntries(roles.map(role => [role, costOf(rng, 12 * n, 9_000 * n, noise)]))
    },
    changes: changesOf(rng, mode, degree),
    peakRssBytes: Object.fromEntries(roles.map(role => [role, Math.round(9e7 + 6e5 * n + rng.normal(0, 1e6))])),
    drops: mode === 'dcnet' ? { 'unknown, or "late"': 2 } : {}
  }
}

/** The same for the same options. */
export function generatedComparison(options: GeneratedOptions = {}): ComparedResults {
  const {
    seed = 'compare',
    modes = ['plain', 'dcnet', 'dcnet-double', 'pes-reencrypt', 'pes-direct'],
    sizes = [10, 25, 50, 100],
    bits = [2048, 3072],
    repeats = 3,
    slots = 8,
    noise = 0.03
  } = options
  const rng = new SeededRng(seed)
  const runs = modes.flatMap(mode =>
    (mode.startsWith('pes') ? bits : [null]).flatMap(size =>
      sizes.flatMap(n => Array.from({ length: repeats }, (_, repeat) => runOf(rng, { mode, bits: size, n, repeat }, slots, noise)))
    )
  )
  return {
    format: 'hushgrid-compare/1',
    command: `pnpm compare --n ${sizes.join(',')} --seed "a <seed> & more" --repeat ${repeats}`,
    started: '2026-11-21T09:00:00.000Z',
    ended: '2026-11-21T09:08:00.000Z',
    seed: 'a <seed> & more',
    readings: 'generated for a test: nothing was measured',
    lanes: ['1-0:1.8.0', '1-0:2.8.0'],
    churn: null,
    runs
  }
}

export const GENERATED_ENVIRONMENT: ComparedEnvironment = {
  node: 'v26.10.0',
  openssl: '3.5.0',
  platform: 'linux x64',
  cpu: 'Generated <CPU> & Co',
  cores: 2,
  memoryBytes: 24e9,
  versions: { hushgrid: '0.1.0', libp2p: '3.3.0' },
  commit: '0123456789abcdef0123456789abcdef01234567',
  changed: false
}
