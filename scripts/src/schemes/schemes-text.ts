// What `pnpm schemes` prints, in 80 columns: all of it comes from the schemes' facts and from the attacks.
import { tableLines, wrapped } from '@hushgrid/primitives'
import type { Attack, AttackResult, Scheme } from '@hushgrid/schemes'
import type { AttackRun } from './run-attack.ts'

/** Lists schemes, a row each and below it what becomes of a slot without one meter, and who must collude. */
export function schemesText(schemes: readonly Scheme[], meters: number): string[] {
  const rows = schemes.map(({ name, facts }) => [
    name,
    facts.family,
    facts.dealer,
    String(facts.rounds),
    String(facts.messages(meters)),
    String(facts.strength),
    `missing meter: ${facts.missing}; who must collude: ${facts.collusion}`
  ])
  return [
    ...tableLines([['scheme', 'family', 'dealt', 'rounds', 'messages', 'bits', ''], ...rows], {
      right: [false, false, false, true, true, true]
    }),
    '',
    ...wrapped(
      `Messages are those of a slot among ${meters} meters, a broadcast counted once; bits are of security. More of one: pnpm schemes NAME. Attacks: pnpm schemes attack.`
    )
  ]
}

/** Shows a scheme on half a page. */
export function schemeText({ name, facts }: Scheme, meters: number, attack: Attack | undefined): string[] {
  const rows = [
    ['family', facts.family],
    ['dealt', facts.dealer],
    ['rounds', String(facts.rounds)],
    ['messages', `${facts.messages(meters)} a slot among ${meters} meters, a broadcast counted once`],
    ['missing meter', facts.missing],
    ['who sees a reading', facts.sees],
    ['who must collude', facts.collusion],
    ['strength', `${facts.strength} bits`],
    ['largest reading', `${facts.maxReading} in a lane${facts.noisy ? '; totals are noisy on purpose' : ''}`]
  ]
  return [
    `${name}: ${facts.title}`,
    ...wrapped(facts.citation),
    '',
    ...tableLines(rows),
    ...facts.how.flatMap(paragraph => ['', ...wrapped(paragraph)]),
    ...(facts.uncertain.length > 0 ? ['', 'What is uncertain, or ours:'] : []),
    ...facts.uncertain.flatMap(sentence => wrapped(sentence, { first: '- ' })),
    ...(attack ? ['', ...wrapped(`An attack: ${attack.title}. Run it: pnpm schemes attack ${name}.`)] : [])
  ]
}

/** A scheme's facts as JSON has them. */
export function schemeDocument({ name, facts }: Scheme, meters: number): object {
  return { name, ...facts, maxReading: String(facts.maxReading), meters, messages: facts.messages(meters) }
}

/** An attack that can be run. */
interface ListedAttack {
  readonly scheme: string
  readonly title: string
  readonly repair: string | undefined
}

/** Lists attacks. */
export function attacksText(attacks: readonly ListedAttack[]): string[] {
  const rows = attacks.map(({ scheme, title, repair }) => [scheme, `${title}${repair === undefined ? '' : `; mended by ${repair}`}`])
  return [...tableLines([['scheme', 'attack'], ...rows]), '', 'Run one: pnpm schemes attack NAME']
}

/** Shows what came of an attack. */
export function attackText({ scheme, title, meters, published, repaired }: AttackRun, seed: string): string[] {
  return [
    ...wrapped(`${scheme}: ${title}`),
    ...wrapped(`${meters} meters with new keys; readings made of the seed ${JSON.stringify(seed)}`),
    '',
    ...resultLines('as published', published),
    '',
    ...(repaired ? resultLines(`mended by ${repaired.what}`, repaired) : ['No option of the scheme mends it.'])
  ]
}

function resultLines(against: string, { succeeded, lines }: AttackResult): string[] {
  return [...wrapped(`${against}: the attack ${succeeded ? 'succeeds' : 'fails'}`), ...lines.map(line => `  ${line}`)]
}
