.code16
.globl _start
_start:
 cli
 xorw %ax,%ax
 movw %ax,%ds
 movw %ax,%es
 movw %ax,%ss
 movw $0x7000,%sp
 movw $'1',%ax
 call putc16
  # A20 fast
 inb $0x92,%al
 orb $2,%al
 outb %al,$0x92
 # page tables at 0x1000: PML4->0x2000->0x3000 2MB pages identity
 movw $0x1000,%di
 xorl %eax,%eax
 movw $0x0c00,%cx
 cld
 rep stosl
 movl $0x2003,0x1000
 movl $0x3003,0x2000
 movl $0x0083,0x3000
 movl $0x200083,0x3008
 lgdt gdtr
 movl %cr4,%eax
 orl $0x20,%eax
 movl %eax,%cr4
 movl $0x1000,%eax
 movl %eax,%cr3
 movl %cr0,%eax
 orl $1,%eax
 movl %eax,%cr0
 ljmp $0x18,$pm
putc16:
 movw $0x3f8,%dx
 outb %al,%dx
 ret
.code32
pm:
 movw $0x10,%ax
 movw %ax,%ds
 movw %ax,%ss
 movw %ax,%es
 movb $'2',%al
 movw $0x3f8,%dx
 outb %al,%dx
 movl $0xc0000080,%ecx
 rdmsr
 orl $0x100,%eax
 wrmsr
 movl %cr0,%eax
 orl $0x80000000,%eax
 movl %eax,%cr0
 ljmp $0x08,$lm
.code64
lm:
 movb $'3',%al
 movw $0x3f8,%dx
 outb %al,%dx
 # SSE + some work above 1 MB through paging
 movq %cr0,%rax
 andq $~4,%rax
 orq $2,%rax
 movq %rax,%cr0
 movq %cr4,%rax
 orq $0x600,%rax
 movq %rax,%cr4
 movq $0x200000,%rsi
 movq %rsi,%xmm0
 movq %xmm0,(%rsi)
 cmpq %rsi,(%rsi)
 jne dead
 movb $'4',%al
 outb %al,%dx
 # ACPI S5 (PIIX4 PM at 0x600)
 movw $0x604,%dx
 movw $0x2000,%ax
 outw %ax,%dx
dead:
 hlt
 jmp dead
.balign 8
gdt: .quad 0, 0x00209a0000000000, 0x00cf92000000ffff, 0x00cf9a000000ffff
gdtr: .word 31
 .long gdt
.org 510
.word 0xaa55
