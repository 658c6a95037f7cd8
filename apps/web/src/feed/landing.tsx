/** What a visitor sees first. */
export function Landing() {
  return (
    <section class="landing">
      <div class="landing-plates" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <h1>
        Photographs, <em>unhurried.</em>
      </h1>
      <p class="lead">
        A tintype was a photograph on a thin iron plate: made in minutes, handed over, kept for life. This is
        a place for yours, run by the community that uses it. No advertisements, no ranking, newest first.
      </p>
      <p class="row">
        <a class="button primary" href="/sign-up">
          Make an account
        </a>
        <a class="button" href="/explore">
          Look around
        </a>
      </p>
    </section>
  )
}
