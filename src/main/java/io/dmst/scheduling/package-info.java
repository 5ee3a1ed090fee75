/** How the operating system shares the processors among this process's threads. */
@NullMarked
package io.dmst.scheduling;

import org.jspecify.annotations.NullMarked;
