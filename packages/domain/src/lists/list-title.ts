import { LIMITS } from "@tintype/contract/limits"
import { type FieldCode, Invalid } from "../errors.ts"

function refusal(error: FieldCode, description: string): Invalid {
  return new Invalid(`Validation failed: Title ${description}`, { title: [{ error, description }] })
}

/** A title as it is kept. @throws Invalid */
export function checkTitle(text: string): string {
  const title = text.trim()
  const most = LIMITS.listTitleCharacters
  if (title === "") throw refusal("ERR_BLANK", "can't be blank")
  if ([...title].length > most) throw refusal("ERR_TOO_LONG", `is too long (maximum is ${most} characters)`)
  return title
}
