/**
 * The arrows of the RESERVOIR figure: SMI ({@link org.reservoir.interfaces.smi}), VMI ({@link org.reservoir.interfaces.vmi})
 * and VHI ({@link org.reservoir.interfaces.vhi}), as records and one interface each, and how they are written as JSON.
 * Every layer may call it; it calls the kernel alone. It holds no behaviour beyond the checks of its own records.
 */
package org.reservoir.interfaces;
