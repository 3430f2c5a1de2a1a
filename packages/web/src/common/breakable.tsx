import type { JSX } from 'preact'

/** Shows a long name, such as a pseudonym or a key, so that it wraps between groups of eight and is copied whole. */
export function Breakable({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split(/(?<=-)|(?<=^(?:[^-]*-)?(?:[0-9a-f]{8})+)(?=[0-9a-f])/)
  return (
    <span class="mono breakable">
      {parts.map((part, i) => (
        <span key={i}>
          {part}
          {i < parts.length - 1 && <wbr />}
        </span>
      ))}
    </span>
  )
}
