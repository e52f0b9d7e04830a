/** The vital signs: what each measure says in one line, and which way is the good one. */

export interface Sign {
  measure: string;
  title: string;
  says: string;
}

export const SIGNS: readonly Sign[] = [
  { measure: 'independence', title: 'Independence', says: 'of changes need at most one team' },
  { measure: 'coordination', title: 'Coordination', says: 'further teams per change' },
  { measure: 'approvals', title: 'Approvals', says: 'owners must agree to a change, as declared' },
  { measure: 'handoffs', title: 'Handoffs', says: 'of files soon touched again go to another team' },
  { measure: 'rework', title: 'Rework', says: 'of touches have their file touched again within 14 days' },
  { measure: 'process_load', title: 'Process load', says: 'rules and pipeline files are written for changes to pass' },
  { measure: 'locality', title: 'Locality', says: 'of changes stay within one module' },
  { measure: 'coupling', title: 'Coupling', says: 'of changes over several modules touch a coupled pair' },
  { measure: 'boundaries', title: 'Hidden constraints', says: 'of changes over several modules touch a pair no code connects' },
  { measure: 'fan_out', title: 'Fan-out', says: 'modules a module depends on' },
  { measure: 'propagation_cost', title: 'Propagation cost', says: 'of file pairs are within reach' },
  { measure: 'cycles', title: 'Cycles', says: 'of files are in a cycle' },
  { measure: 'interface_breadth', title: 'Interface breadth', says: 'of the files of modules in use are named from outside' },
  { measure: 'ownership_clarity', title: 'Ownership clarity', says: 'of this year’s work lies where ownership is agreed' },
  { measure: 'knowledge', title: 'Knowledge', says: 'people carry half of the source files (truck factor)' },
  { measure: 'concentration', title: 'Concentration', says: 'of a module’s changes come from its main contributor' },
];

export function signOf(measure: string): Sign {
  const title = measure.charAt(0).toUpperCase() + measure.slice(1).replaceAll('_', ' ');
  return SIGNS.find((sign) => sign.measure === measure) ?? { measure, title, says: '' };
}
