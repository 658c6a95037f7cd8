import type { WorkflowRunDetails } from "@tintype/contract"
import { placeSteps } from "./graph.ts"

const WIDTH = 150
const HEIGHT = 46
const GAP_X = 56
const GAP_Y = 22

/** The graph; the table below says the same in words. */
export function Graph({ run }: { run: WorkflowRunDetails }) {
  const placed = placeSteps(run.steps)
  const at = new Map(
    placed.map(({ step, column, row }) => [
      step.name,
      { x: column * (WIDTH + GAP_X), y: row * (HEIGHT + GAP_Y) },
    ]),
  )
  const right = Math.max(0, ...placed.map(({ column }) => column)) * (WIDTH + GAP_X) + WIDTH
  const low = Math.max(0, ...placed.map(({ row }) => row)) * (HEIGHT + GAP_Y) + HEIGHT
  return (
    <div class="sheet graph">
      <svg
        width={right + 4}
        height={low + 4}
        viewBox={`-2 -2 ${right + 4} ${low + 4}`}
        role="img"
        aria-label={`Graph of ${run.name}`}
      >
        {placed.flatMap(({ step }) =>
          step.after.map((name) => {
            const [from, to] = [at.get(name), at.get(step.name)]
            if (!from || !to) return null
            const [x1, y1, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.y + HEIGHT / 2]
            const middle = (x1 + to.x) / 2
            return (
              <path
                key={`${name} ${step.name}`}
                class="edge"
                d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}m-7 -4l7 4l-7 4`}
              />
            )
          }),
        )}
        {placed.map(({ step }) => (
          <g
            key={step.name}
            class={`step step-${step.state}`}
            transform={`translate(${at.get(step.name)?.x} ${at.get(step.name)?.y})`}
          >
            <rect width={WIDTH} height={HEIGHT} rx="6" />
            <text x="10" y="19">
              {step.name}
            </text>
            <text x="10" y="36" class="minor">
              {step.items ? `${step.items.done} of ${step.items.total} ` : ""}
              {step.state}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}
