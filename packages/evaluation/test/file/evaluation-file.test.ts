// Evaluation files: what they say, and the place of what is wrong with them.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseEvaluation } from '../../src/file/evaluation-file.ts'
import { evaluationJsonSchema } from '../../src/file/evaluation-schema.ts'
import { loadEvaluation, shippedEvaluations } from '../../src/file/shipped.ts'
import { sweepFields } from '../../src/file/sweep.ts'
import { evaluationPlan } from '../../src/plan/plan.ts'

const folder = new URL('../../evaluations/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')

/** Says what is wrong with a file of these lines after its name and subject. */
function mistakeIn(...lines: readonly string[]): string {
  const source = { file: 'my.yaml', text: ['name: my', 'about: Mine.', ...lines, ''].join('\n') }
  try {
    evaluationPlan(parseEvaluation(source), undefined, source)
  } catch (cause) {
    return (cause as Error).message
  }
  return ''
}

describe('the shipped files', () => {
  it('are listed with their subjects', () => {
    expect(shippedEvaluations().map(({ name }) => name)).toEqual(['chapter', 'quick', 'readme'])
  })

  it.each(readdirSync(folder).filter(name => name.endsWith('.yaml')))('%s names its schema, and plans runs of its own name', file => {
    expect(read(file).split('\n')[0]).toBe('# yaml-language-server: $schema=./evaluation.schema.json')
    const { source, fields } = loadEvaluation(file.replace('.yaml', ''))
    expect(`${fields.name}.yaml`).toBe(file)
    expect(evaluationPlan(fields, undefined, source).orders.length).toBeGreaterThan(20)
  })

  it('have a JSON schema that is up to date (pnpm generate)', () => {
    expect(JSON.parse(read('evaluation.schema.json'))).toEqual(evaluationJsonSchema())
  })
})

describe('a mistake', () => {
  it.each([
    [
      ['n: five'],
      "my.yaml:3:4: n: expected a whole number from 6 to 10000, a list of such, or a range {from, to, step} or {from, to, times}, got 'five'"
    ],
    [['n: [10, 3]'], 'my.yaml:3:9: n[1]: expected a whole number from 6 to 10000, got 3'],
    [
      ['n: { from: 10, too: 50, step: 10 }'],
      'my.yaml:3:16: n.too: expected one of from, to, step, times, got an unknown key (did you mean to?)'
    ],
    [['n: { from: 10, to: 50 }'], 'my.yaml:3:12: n.from: expected a range with either step or times, got 10'],
    [['n: { from: 10, to: 50, step: -1 }'], 'my.yaml:3:30: n.step: expected a number above 0, got -1'],
    [
      ['degree: { from: 4, to: 9, step: 3 }'],
      "my.yaml:3:9: degree: expected values of which each is 'auto' or an even number from 2 to 65534, got 7"
    ],
    [['degree: 5'], /^my\.yaml:3:9: degree: expected 'auto' or an even number from 2 to 65534, a list of such.*, got 5$/],
    [['bits: 1024'], /^my\.yaml:3:7: bits: expected one of 2048, 3072, 4096, a list.*, got 1024$/],
    [['dropout: 1'], /^my\.yaml:3:10: dropout: expected a fraction from 0 to below 1, a list.*, got 1$/],
    [
      ['drive: simulatd'],
      "my.yaml:3:8: drive: expected 'simulated' or 'live', or a list of such, got 'simulatd' (did you mean simulated?)"
    ],
    [['exhibits: [cpu, bites]'], /^my\.yaml:3:17: exhibits\[1\]: expected one of headline, cpu, .*, got 'bites' \(did you mean bytes\?\)$/],
    [['repeat: 3'], /^my\.yaml:3:1: repeat: expected one of name, about, .*, got an unknown key \(did you mean repeats\?\)$/],
    [['series:', '  - n: 10', '  - nn: 20'], /^my\.yaml:5:5: series\[1\]\.nn: expected one of name, contenders, .*, got an unknown key$/],
    [['series:', '  - n: 10', '  - n: [20, 4]'], 'my.yaml:5:13: series[1].n[1]: expected a whole number from 6 to 10000, got 4'],
    [['seed: [1]'], 'my.yaml:3:7: seed: expected a text of at most 200 characters, got a list: [1]'],
    [
      ['contenders: [dcnet, shy]'],
      /^my\.yaml:3:21: contenders\[1\]: expected one of all, house, schemes, plain, .*, got 'shy' \(did you mean shi\?\)$/
    ],
    [['churn: poison'], /^my\.yaml:3:8: churn: expected a churn scenario, or 'none', got 'poison' \(.*did you mean poisson\?\)\)$/],
    [
      ['drive: live', 'dropout: 0.1'],
      /^my\.yaml:.*: contenders: expected a contender that can run so, got plain: live meters miss no single slots: churn takes them away$/
    ]
  ])('of %j has its place', (lines, expected) => {
    const said = mistakeIn(...lines)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  it('may be an omission', () => {
    expect(() => parseEvaluation({ file: 'my.yaml', text: 'name: my\n' })).toThrow(
      'my.yaml:1:1: about: expected a text that is not empty, got nothing'
    )
    expect(() => parseEvaluation({ file: 'my.yaml', text: '- 1\n' })).toThrow(
      'my.yaml:1:1: expected a mapping with name, about and more, got a list: [1]'
    )
  })
})

describe('a sweep', () => {
  it('has the fields of a file', () => {
    const fields = sweepFields({
      parameter: 'delayMs',
      values: '10..1000*10',
      figure: 'rounds',
      others: { contenders: ['dcnet'], n: '10,20', repeats: 2, slots: undefined }
    })
    expect(fields).toEqual({
      name: 'sweep-delayms',
      about: 'rounds against delayMs.',
      exhibits: 'rounds',
      contenders: ['dcnet'],
      n: [10, 20],
      repeats: 2,
      delayMs: { from: 10, to: 1000, times: 10 }
    })
  })

  it.each([
    ['n', '5', /^n: expected a whole number from 6 .*, got '5'$/],
    ['dropout', '0.3..0.1:0.1', "dropout: expected to to be at least the range's from, 0.3, got '0.3..0.1:0.1'"],
    ['bits', '2048,', /^bits: expected one of 2048, 3072, 4096; or several, .*, got '2048,'$/]
  ] as const)('of %s by %s is refused', (parameter, values, expected) => {
    expect(() => sweepFields({ parameter, values, figure: 'cpu', others: {} })).toThrow(expected)
  })
})
