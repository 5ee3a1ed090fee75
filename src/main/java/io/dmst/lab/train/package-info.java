/** Training: loss, optimiser loop, schedules, resume, plots. */
@NullMarked
package io.dmst.lab.train;

import org.jspecify.annotations.NullMarked;
