// Attacks by the scheme that they break as it was published.
import type { Attack } from './attack.ts'
import { onGarciaJacobs } from './garcia-jacobs.ts'
import { onJoyeLibert } from './joye-libert.ts'
import { onShi } from './shi.ts'

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'garcia-jacobs': onGarciaJacobs,
  shi: onShi,
  'joye-libert': onJoyeLibert
}
