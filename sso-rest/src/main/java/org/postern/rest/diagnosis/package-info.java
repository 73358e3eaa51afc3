/**
 * Tries a mailbox at its mail servers and in its webmail, as its owner would, and says what is wrong: {@link
 * org.postern.rest.diagnosis.Diagnoses} admits a diagnosis, {@link org.postern.rest.diagnosis.Diagnosis} runs it.
 */
@NullMarked
package org.postern.rest.diagnosis;

import org.jspecify.annotations.NullMarked;
