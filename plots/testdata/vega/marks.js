// Loaded by node and by a page.
'use strict';

// walk calls visit for each item that carries data, with the kind of its mark.
function walk(group, visit) {
  for (const mark of group.items || []) {
    for (const item of mark.items || []) {
      if (mark.marktype === 'group') walk(item, visit);
      else if (mark.role === 'mark') visit(mark.marktype, item);
    }
  }
}

if (typeof module !== 'undefined') module.exports = {walk};
