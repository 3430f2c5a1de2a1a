// How a command ends where the person's input is wrong: one sentence on standard error and status 2.
import { spawnSync } from 'node:child_process'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { Command, InvalidArgumentError as CommanderArgumentError } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../../src/program/command.ts'
import { EXIT_USAGE, failWith } from '../../src/program/failure.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs a command in this process; its exit status and what it wrote. */
async function run(program: Command, ...args: string[]) {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    written.err += text
    return true
  })
  process.exitCode = undefined
  await runCommand(program, ['node', 'it', ...args])
  vi.restoreAllMocks()
  return { status: process.exitCode ?? 0, ...written }
}

function sample(action: (file: string, options: { count?: number }) => void | Promise<void> = () => undefined): Command {
  return new Command('pnpm it')
    .version('1.2.3')
    .argument('<file>')
    .option('--count <n>', 'how many', text => {
      if (!/^\d+$/.test(text)) throw new CommanderArgumentError('Expected a whole number.')
      return Number(text)
    })
    .addHelpText('after', '\nExamples:\n  pnpm it a.json')
    .action(action)
}

describe('a command', () => {
  it('that does what it should ends with 0 and says nothing of its own', async () => {
    const seen: unknown[] = []
    const outcome = await run(
      sample((file, options) => {
        seen.push(file, options.count)
      }),
      'a.json',
      '--count',
      '3'
    )
    expect(seen).toEqual(['a.json', 3])
    expect(outcome).toEqual({ status: 0, out: '', err: '' })
  })

  it('keeps the status that its action set', async () => {
    const outcome = await run(
      sample(() => {
        process.exitCode = 1
      }),
      'a.json'
    )
    expect(outcome.status).toBe(1)
  })

  it.each([
    ['--help', /Examples:/],
    ['--version', /^1\.2\.3\n$/]
  ])('answers %s with 0', async (option, text) => {
    const outcome = await run(sample(), option)
    expect(outcome).toMatchObject({ status: 0, err: '' })
    expect(outcome.out).toMatch(text)
  })

  it.each([
    [['--wrong', 'a.json'], "unknown option '--wrong'. Try --help.\n"],
    [['--coun', '1', 'a.json'], "unknown option '--coun' (did you mean --count?). Try --help.\n"],
    [[], "missing required argument 'file'. Try --help.\n"],
    [['a.json', 'b.json'], 'too many arguments. Expected 1 argument but got 2'],
    [['--count', 'x', 'a.json'], "option '--count <n>' argument 'x' is invalid. Expected a whole number. Try --help.\n"]
  ])('with wrong options %j ends with 2 and one sentence', async (args, sentence) => {
    const outcome = await run(sample(), ...args)
    expect(outcome).toMatchObject({ status: EXIT_USAGE, out: '' })
    expect(outcome.err.startsWith(sentence)).toBe(true)
    expect(outcome.err.split('\n')).toHaveLength(2)
    expect(outcome.err).not.toContain('..')
  })

  it.each([
    ['an error of ours', new HushgridError('a.json: expected JSON')],
    ['an argument', new InvalidArgumentError('degree', 'an even number', '3')]
  ])('that fails with %s ends with 2 and one sentence', async (_what, error) => {
    for (const action of [
      () => {
        throw error
      },
      () => Promise.reject(error)
    ]) {
      const outcome = await run(sample(action), 'a.json')
      expect(outcome).toEqual({ status: EXIT_USAGE, out: '', err: `${error.message}\n` })
    }
  })

  it('passes on a defect', async () => {
    const defect = new TypeError('undefined is no function')
    await expect(
      run(
        sample(() => {
          throw defect
        }),
        'a.json'
      )
    ).rejects.toBe(defect)
  })

  it('treats its subcommands alike, and asks for one where none is named', async () => {
    const program = () => new Command('pnpm it').addCommand(sample().name('part'))
    expect(await run(program(), 'part', '--wrong')).toMatchObject({ status: EXIT_USAGE, err: "unknown option '--wrong'. Try --help.\n" })
    expect(await run(program(), 'other')).toMatchObject({ status: EXIT_USAGE, err: "unknown command 'other'. Try --help.\n" })
    expect(await run(program())).toEqual({ status: EXIT_USAGE, out: '', err: 'expected a command: part. Try --help.\n' })
  })
})

it('a failure is one line, however many its message has', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  failWith(' first\n   second \n\n third\n')
  expect(write.mock.calls).toEqual([['first second third\n']])
  expect(process.exitCode).toBe(2)
})

it('a process ends with 0, 2, or with 1 and a stack for a defect', () => {
  const source = (action: string) => `
    const { runCommand } = await import(${JSON.stringify(new URL('../../src/program/command.ts', import.meta.url).href)})
    const { Command } = await import(${JSON.stringify(import.meta.resolve('commander'))})
    await runCommand(new Command('it').action(() => { ${action} }), process.argv)`
  const status = (action: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source(action), 'it', ...args], {
      encoding: 'utf8'
    })
    return { status, stderr }
  }
  expect(status('')).toEqual({ status: 0, stderr: '' })
  expect(status('', '--wrong')).toEqual({ status: 2, stderr: "unknown option '--wrong'. Try --help.\n" })
  const defect = status('null.f()')
  expect(defect.status).toBe(1)
  expect(defect.stderr).toMatch(/TypeError[\s\S]*\n {4}at /)
})
