// All schemes, in the order in which lists show them. A new scheme is a file here, a line below and a test.
import type { SchemeOptions } from '../options.ts'
import type { Scheme } from '../scheme.ts'
import { benhamoudaJoyeLibert } from './benhamouda-joye-libert.ts'
import { busom } from './busom.ts'
import { dimitriouAwadRobust } from './dimitriou-awad-robust.ts'
import { dimitriouAwadSymmetric } from './dimitriou-awad-symmetric.ts'
import { erkinTsudikSpatial } from './erkin-tsudik-spatial.ts'
import { erkinTsudikTemporal } from './erkin-tsudik-temporal.ts'
import { garciaJacobs } from './garcia-jacobs.ts'
import { joyeLibert } from './joye-libert.ts'
import { klenze } from './klenze.ts'
import { kursaweDiffieHellman } from './kursawe-diffie-hellman.ts'
import { kursaweInteractive } from './kursawe-interactive.ts'
import { kursaweLowOverhead } from './kursawe-low-overhead.ts'
import { leontiadis } from './leontiadis.ts'
import { marmol } from './marmol.ts'
import { plain } from './plain.ts'
import { shi } from './shi.ts'
import { ttp } from './ttp.ts'
import { vetter } from './vetter.ts'

/** Makers of the schemes, by name. */
export const SCHEMES = {
  plain,
  ttp,
  'garcia-jacobs': garciaJacobs,
  klenze,
  'erkin-tsudik-spatial': erkinTsudikSpatial,
  'erkin-tsudik-temporal': erkinTsudikTemporal,
  'dimitriou-awad-symmetric': dimitriouAwadSymmetric,
  'dimitriou-awad-robust': dimitriouAwadRobust,
  busom,
  shi,
  'joye-libert': joyeLibert,
  leontiadis,
  'benhamouda-joye-libert': benhamoudaJoyeLibert,
  marmol,
  vetter,
  'kursawe-interactive': kursaweInteractive,
  'kursawe-diffie-hellman': kursaweDiffieHellman,
  'kursawe-low-overhead': kursaweLowOverhead
} as const satisfies Readonly<Record<string, (options?: SchemeOptions) => Scheme>>

export type SchemeName = keyof typeof SCHEMES
