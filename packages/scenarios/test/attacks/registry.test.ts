// Every attack has a file in the room of who makes it, and a sentence; that each has a shipped scenario, the tests of
// scenario files say.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ATTACK_NAMES, ATTACKS } from '../../src/attacks/registry.ts'
import { ATTACKERS } from '../../src/ports/churn.ts'

const ROOM = new URL('../../src/attacks/', import.meta.url)

describe('the registry of attacks', () => {
  it.each(ATTACKERS)('lists each attack in the room of the %s', by => {
    const room = new URL(`${by}/`, ROOM)
    const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter(
      name => name.endsWith('.ts') && readFileSync(new URL(name, room), 'utf8').includes('satisfies Attack')
    )
    expect(ATTACK_NAMES[by].map(name => `${name}.ts`).sort()).toEqual(files.map(name => basename(name)).sort())
  })

  it('has each name once, in one list', () => {
    expect(new Set(Object.values(ATTACK_NAMES).flat()).size).toBe(ATTACKS.size)
    expect(Object.values(ATTACK_NAMES).flat()).toHaveLength(ATTACKS.size)
  })

  it.each([...ATTACKS.values()])('$name says what happens, and what it needs', ({ about, needs }) => {
    expect(about).toMatch(/^[A-Z].*\.$/)
    expect(typeof needs === 'string' ? needs : needs.meters).not.toBe('')
  })
})
