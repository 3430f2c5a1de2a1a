// Small pieces of the customer's views.
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { ScrollTable } from '../../common/scroll-table.tsx'

/** Heading of a view, which takes the focus when the customer comes to it. */
export function Heading({ children, focus }: { readonly children: ComponentChildren; readonly focus: boolean }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (focus) heading.current?.focus()
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

/** States plainly, on each view, what the server knows. */
export function ServerKnows({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="server-knows">
      <strong>What the server knows:</strong> {children}
    </p>
  )
}

/** Announces a problem as soon as there is one. */
export function ProblemText({ text }: { readonly text: string | undefined }): JSX.Element {
  return <div aria-live="assertive">{text === undefined ? null : <p class="problem">{text}</p>}</div>
}

interface QuestionProps {
  readonly title: string
  readonly children: ComponentChildren
  /** Label of the button that goes ahead. */
  readonly yes: string
  readonly danger?: boolean
  readonly busy?: boolean
  readonly onYes: () => void
  readonly onNo: () => void
}

/** Asks before something is done; Escape and "Cancel" do nothing. */
export function Question({ title, children, yes, danger = false, busy = false, onYes, onNo }: QuestionProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby="question"
      onCancel={event => {
        event.preventDefault()
        if (!busy) onNo()
      }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          onYes()
        }}
      >
        <h2 id="question">{title}</h2>
        {children}
        <div class="actions">
          <button type="button" onClick={onNo} disabled={busy}>
            Cancel
          </button>
          <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>
            {yes}
          </button>
        </div>
      </form>
    </dialog>
  )
}

interface TableProps {
  readonly caption: string
  readonly columns: readonly { readonly name: string; readonly number?: boolean }[]
  /** Rows, each named by its first cell. */
  readonly rows: readonly (readonly ComponentChildren[])[]
  /** Text in place of a table without rows. */
  readonly empty: string
  /** True for a table of a few lines, which is shown whole. */
  readonly whole?: boolean
}

/** A table that scrolls by itself on a narrow screen. */
export function Table({ caption, columns, rows, empty, whole = false }: TableProps): JSX.Element {
  if (rows.length === 0)
    return (
      <p>
        <strong>{caption}.</strong> {empty}
      </p>
    )
  return (
    <ScrollTable caption={caption} tall={!whole} {...(whole && { class: 'whole' })}>
      <thead>
        <tr>
          {columns.map(({ name, number }) => (
            <th scope="col" class={number ? 'number' : ''} key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, i) => {
              const { name, number } = columns[i] ?? { name: '' }
              if (i === 0)
                return (
                  <th scope="row" key={name}>
                    {cell}
                  </th>
                )
              return (
                <td class={number ? 'number' : ''} key={name}>
                  {cell}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  )
}
