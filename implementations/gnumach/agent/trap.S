/*
 * The door to the kernel: uint32_t trap(uint32_t number, const uint32_t arguments[7]).
 *
 * It lies in the section `worker`, which every task under test shares, because the workers run it too.
 * The kernel takes the negated number in %eax and the arguments from the stack above a return address;
 * seven are always pushed, since it copies only as many as the trap has.
 */
	.section worker, "ax", @progbits
	.globl	trap
	.type	trap, @function
trap:
	pushl	%ebp
	movl	%esp, %ebp
	pushl	%esi
	movl	8(%ebp), %eax
	movl	12(%ebp), %esi
	negl	%eax
	pushl	24(%esi)
	pushl	20(%esi)
	pushl	16(%esi)
	pushl	12(%esi)
	pushl	8(%esi)
	pushl	4(%esi)
	pushl	0(%esi)
	call	1f
	addl	$28, %esp
	popl	%esi
	popl	%ebp
	ret
1:	lcall	$7, $0
	ret

/*
 * The agent starts with argc, argv, NULL on its stack, and no return address.
 */
	.text
	.globl	_start
	.type	_start, @function
_start:
	xorl	%ebp, %ebp
	movl	%esp, %eax
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	call	start
	hlt

	.section .note.GNU-stack, "", @progbits
