package org.reservoir.plugins;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.Set;

/**
 * Rewrites a class so that it counts its steps: at the start of each method and handler, before each jump backwards and each
 * array. No path through a rewritten class is endless without a step ({@link Meter#step}), which is what ends a loop: a thread
 * cannot be stopped from outside.
 */
final class Metering {
    private static final ClassDesc METER = Meter.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc STEP = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final MethodTypeDesc ARRAY = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

    private final ClassFile files;

    /** @param hierarchy of the plug-in's own classes and those they may use */
    Metering(ClassHierarchyResolver hierarchy) {
        files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
    }

    byte[] metered(ClassModel model) {
        return files.transformClass(model, ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Counting::new)));
    }

    /** Of one method. */
    private static final class Counting implements CodeTransform {
        private final Set<Label> behind = new HashSet<>();
        private final Set<Label> handlers = new HashSet<>();

        @Override
        public void atStart(CodeBuilder code) {
            step(code);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            switch (element) {
                case ExceptionCatch caught -> handlers.add(caught.handler());
                case BranchInstruction branch when behind.contains(branch.target()) -> step(code);
                case TableSwitchInstruction _, LookupSwitchInstruction _ -> step(code);
                case NewPrimitiveArrayInstruction _, NewReferenceArrayInstruction _ -> code.dup().invokestatic(METER, "array", ARRAY);
                case NewMultiArrayInstruction many -> measure(code, many.dimensions());
                default -> { }
            }
            code.with(element);
            if (element instanceof LabelTarget target) {
                behind.add(target.label());
                if (handlers.contains(target.label())) {
                    step(code);
                }
            }
        }

        private static void step(CodeBuilder code) {
            code.invokestatic(METER, "step", STEP);
        }

        /** The innermost length lies on top; with two, both are multiplied, more are refused by {@link Vetting}. */
        private static void measure(CodeBuilder code, int dimensions) {
            if (dimensions == 1) {
                code.dup().invokestatic(METER, "array", ARRAY);
            } else {
                code.dup2().invokestatic(METER, "arrays", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int));
            }
        }
    }
}
