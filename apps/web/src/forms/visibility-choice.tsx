import type { Visibility } from "@tintype/contract"

const CHOICES: readonly { value: Visibility; label: string; hint: string }[] = [
  { value: "public", label: "Public", hint: "Everybody" },
  { value: "unlisted", label: "Unlisted", hint: "Everybody, but not promoted" },
  { value: "private", label: "Followers", hint: "Only who follows you" },
  { value: "direct", label: "Direct", hint: "Only you and whom you mention" },
]

interface VisibilityChoiceProps {
  name: string
  legend: string
  value: Visibility
  onChoose: (value: Visibility) => void
}

/** Asks who may see something. */
export function VisibilityChoice({ name, legend, value, onChoose }: VisibilityChoiceProps) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {CHOICES.map((choice) => (
        <label key={choice.value} class="choice">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={value === choice.value}
            onChange={() => onChoose(choice.value)}
          />
          <span>{choice.label}</span>
          <small>{choice.hint}</small>
        </label>
      ))}
    </fieldset>
  )
}
