export function ProfilePage({ name }: { name: string }) {
  return <h1>@{name}</h1>
}
