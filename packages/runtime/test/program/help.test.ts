// Help in 80 columns: options that commander lays out, prose that is filled, examples that are broken before an option.
import { Command } from 'commander'
import { expect, it } from 'vitest'
import { configureHelp, helpText } from '../../src/program/help.ts'

it('fills prose, and leaves blank lines and what is set in alone', () => {
  const prose = `${'word '.repeat(30).trim()}\nand more`
  const lines = helpText(`\n${prose}\n\nOptions:\n  --n <number>  how many\n`).split('\n')
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  expect(lines.join(' ')).toContain('word and more')
  expect(lines.slice(-4)).toEqual(['', 'Options:', '  --n <number>  how many', ''])
})

it('keeps the two words of a command on one line', () => {
  const lines = helpText(`${'x'.repeat(74)} pnpm churn shows it`).split('\n')
  expect(lines).toEqual(['x'.repeat(74), 'pnpm churn shows it'])
})

it('keeps an example that fits, with what it shows', () => {
  const example = '  pnpm it --n 50     the plain ring'
  expect(helpText(example)).toBe(example)
})

it('breaks an example that does not fit before an option, and puts what it shows above', () => {
  const address = `/ip4/127.0.0.1/tcp/7400/p2p/${'x'.repeat(12)}`
  expect(helpText(`  pnpm it --registrar ${address} --data-dir folder \\\n    --network network.yaml     for a lab`).split('\n')).toEqual([
    '  # for a lab',
    `  pnpm it --registrar ${address} \\`,
    '    --data-dir folder --network network.yaml'
  ])
})

it('puts the description of a long option on the next line, for all commands below', () => {
  const command = new Command('pnpm it').addCommand(
    new Command('part').option(`--${'x'.repeat(40)} <hex|multiaddr>`, 'network description, as topology/networks/neighbourhood-50.yaml')
  )
  let out = ''
  configureHelp(command, text => {
    out += text
  })
  command.commands[0]?.outputHelp()
  expect(Math.max(...out.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  expect(out).toMatch(/<hex\|multiaddr>\n {32}network description, as/)
})
