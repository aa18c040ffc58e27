import { putLast } from '../events/bounded';
import type { CommitmentsState, OpenCommitment } from './commitment.types';
import { EMPTIED_PROJECTS_KEPT, PROJECT_UNITS } from './commitments.constants';

export function joinProject(
  state: CommitmentsState,
  commitment: OpenCommitment,
  project: string | undefined,
): void {
  if (project === undefined) return;
  commitment.project = project;
  state.projects.set(project, (state.projects.get(project) ?? 0) + 1);
  state.emptied.delete(project);
}

/** `endedAt` is the position of the event that ended the commitment, when that makes closing the project a duty. */
export function leaveProject(state: CommitmentsState, commitment: OpenCommitment, endedAt?: number): void {
  const { project } = commitment;
  if (project === undefined) return;
  const left = (state.projects.get(project) ?? 1) - 1;
  if (left > 0) {
    state.projects.set(project, left);
    return;
  }
  state.projects.delete(project);
  if (endedAt !== undefined && project.length <= PROJECT_UNITS)
    putLast(state.emptied, project, endedAt, EMPTIED_PROJECTS_KEPT);
}
