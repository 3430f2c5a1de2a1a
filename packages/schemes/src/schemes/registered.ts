// All schemes, in the order in which lists show them. A new scheme is a file here, a line below and a test.
import type { SchemeOptions } from '../options.ts'
import type { Scheme } from '../scheme.ts'
import { busom } from './busom.ts'
import { dimitriouAwadRobust } from './dimitriou-awad-robust.ts'
import { dimitriouAwadSymmetric } from './dimitriou-awad-symmetric.ts'
import { garciaJacobs } from './garcia-jacobs.ts'
import { joyeLibert } from './joye-libert.ts'
import { kursaweLowOverhead } from './kursawe-low-overhead.ts'
import { plain } from './plain.ts'
import { shi } from './shi.ts'
import { ttp } from './ttp.ts'

/** Makers of the schemes, by name. */
export const SCHEMES = {
  plain,
  ttp,
  'garcia-jacobs': garciaJacobs,
  'dimitriou-awad-symmetric': dimitriouAwadSymmetric,
  'dimitriou-awad-robust': dimitriouAwadRobust,
  busom,
  shi,
  'joye-libert': joyeLibert,
  'kursawe-low-overhead': kursaweLowOverhead
} as const satisfies Readonly<Record<string, (options?: SchemeOptions) => Scheme>>

export type SchemeName = keyof typeof SCHEMES
