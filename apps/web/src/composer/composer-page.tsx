export function ComposerPage() {
  return <h1>Composer</h1>
}
