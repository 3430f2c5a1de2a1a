// Folders of keys leave with their process, however it ends, and nobody else's leave with them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { livingFolders, stateFolder, sweep } from '../../src/neighbourhood/state-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'hushgrid-state-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const module = new URL('../../src/neighbourhood/state-folder.ts', import.meta.url).href

/** Runs a script that has a folder with a file three levels down, and prints its path. */
function run(script: string, limit = 'unlimited') {
  const text = `
    const { stateFolder } = await import(${JSON.stringify(module)})
    const { mkdirSync, openSync, writeFileSync } = await import('node:fs')
    const folder = stateFolder('lab')
    mkdirSync(folder.path + '/a/b', { recursive: true })
    writeFileSync(folder.path + '/a/b/key', 'secret')
    console.log(folder.path)
    ${script}`
  const { stdout, stderr, status, signal } = spawnSync(
    '/bin/sh',
    ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, '--input-type=module', '-e', text],
    { encoding: 'utf8' }
  )
  return { path: stdout.trim(), stderr, status, signal }
}

it('goes when it is removed, once or twice', () => {
  const folder = stateFolder('demo')
  writeFileSync(join(folder.path, 'key'), '')
  folder.remove()
  folder.remove()
  expect(existsSync(folder.path)).toBe(false)
})

it('goes at a defect, and at an exit', () => {
  for (const script of ["throw new Error('a defect')", 'process.exit(3)']) {
    const { path } = run(script)
    expect(path).toMatch(/hushgrid-lab-/)
    expect(existsSync(path)).toBe(false)
  }
})

it('goes where the process has used all its descriptors up', () => {
  const { path, stderr, status } = run(
    `try { for (;;) openSync('/dev/null') } catch (cause) { if (cause.code !== 'EMFILE') throw cause }
     folder.remove()`,
    '60'
  )
  expect([stderr, status]).toEqual(['', 0])
  expect(existsSync(path)).toBe(false)
})

it('of a killed process goes at the next start, and that of one that runs stays', () => {
  const { path, signal } = run("process.kill(process.pid, 'SIGKILL')")
  expect([signal, existsSync(path)]).toEqual(['SIGKILL', true])
  const running = stateFolder('lab')
  const other = stateFolder('bench')
  expect([path, running.path, other.path].map(each => existsSync(each))).toEqual([false, true, true])
  running.remove()
  other.remove()
})

it('is swept where its process is gone, and nothing else is', () => {
  const own = stateFolder('lab')
  const name = basename(own.path)
  own.remove()
  const [, , pid = '', start = '', namespace = ''] = name.split('-')
  const dead = '4194305'
  const swept = [`hushgrid-lab-${dead}-${start}-${namespace}-abcdef`, `hushgrid-demo-${pid}-${Number(start) + 1}-${namespace}-abcdef`]
  const kept = [
    name,
    `hushgrid-lab-${dead}-${start}-${namespace}1-abcdef`,
    // Another machine that shares the folder.
    `hushgrid-lab-${dead}-${start}-000000000000x${namespace.split('x')[1]}-abcdef`,
    `hushgrid-lab-${dead}-${start}-abcdef`,
    `other-lab-${dead}-${start}-${namespace}-abcdef`
  ]
  for (const folder of [...swept, ...kept]) mkdirSync(join(root, folder))
  writeFileSync(join(root, name, 'key'), '')
  // A link is none of ours, and what it leads to stays.
  const link = `hushgrid-lab-${dead}-${start}-${namespace}-linked`
  symlinkSync(join(root, name), join(root, link))
  symlinkSync(join(root, name), join(root, swept[0] ?? '', 'link'))
  sweep(root)
  expect(readdirSync(root).sort()).toEqual([...kept, link].sort())
  expect(existsSync(join(root, name, 'key'))).toBe(true)
  sweep(join(root, 'nowhere'))
  expect(dirname(own.path)).not.toBe(root)
})

it('is found while its process lives, by its owner', () => {
  const own = stateFolder('demo')
  const other = stateFolder('lab')
  const among = [dirname(own.path), dirname(other.path), join(root, 'nowhere')]
  const found = livingFolders('demo', [...new Set(among)])
  expect(found).toContain(own.path)
  expect(found).not.toContain(other.path)
  // One of a process that is gone is not, even before it is swept.
  const dead = basename(own.path).replace(`-${process.pid}-`, '-4194305-')
  mkdirSync(join(root, dead))
  expect(livingFolders('demo', [root])).toEqual([])
  own.remove()
  expect(livingFolders('demo', [dirname(own.path)])).not.toContain(own.path)
  other.remove()
})
