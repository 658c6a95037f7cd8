import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"

export interface SearchProps {
  /** What is looked for, as it stands in the address. */
  given: Record<string, string>
  onSearch: (wanted: Record<string, string>) => void
}

/** What a form asks for: at first what is looked for already, also after a step back. */
export function useWanted(given: SearchProps["given"], onSearch: SearchProps["onSearch"]) {
  const wanted = useSignal<Record<string, string>>({ ...given })
  useEffect(() => {
    wanted.value = { ...given }
  }, [JSON.stringify(given)])
  return {
    wanted: wanted.value,
    set: (name: string) => (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) => {
      wanted.value = { ...wanted.value, [name]: event.currentTarget.value }
    },
    submit: (event: Event) => {
      event.preventDefault()
      onSearch(Object.fromEntries(Object.entries(wanted.value).filter(([, value]) => value !== "")))
    },
  }
}

interface ChoiceProps {
  label: string
  options: readonly string[]
  value: string | undefined
  onChange: (event: { currentTarget: HTMLSelectElement }) => void
}

/** One of some words, or any. */
export function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value ?? ""} onChange={onChange}>
        <option value="">any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  )
}
