exports.id=354;exports.ids=[354];exports.modules={1916:(e,t)=>{"use strict";t.__esModule=true;t.distance=t.closest=void 0;var r=new Uint32Array(65536);var myers_32=function(e,t){var i=e.length;var n=t.length;var s=1<<i-1;var l=-1;var a=0;var o=i;var c=i;while(c--){r[e.charCodeAt(c)]|=1<<c}for(c=0;c<n;c++){var f=r[t.charCodeAt(c)];var u=f|a;f|=(f&l)+l^l;a|=~(f|l);l&=f;if(a&s){o++}if(l&s){o--}a=a<<1|1;l=l<<1|~(u|a);a&=u}c=i;while(c--){r[e.charCodeAt(c)]=0}return o};var myers_x=function(e,t){var i=t.length;var n=e.length;var s=[];var l=[];var a=Math.ceil(i/32);var o=Math.ceil(n/32);for(var c=0;c<a;c++){l[c]=-1;s[c]=0}var f=0;for(;f<o-1;f++){var u=0;var h=-1;var d=f*32;var p=Math.min(32,n)+d;for(var g=d;g<p;g++){r[e.charCodeAt(g)]|=1<<g}for(var c=0;c<i;c++){var m=r[t.charCodeAt(c)];var T=l[c/32|0]>>>c&1;var b=s[c/32|0]>>>c&1;var y=m|u;var C=((m|b)&h)+h^h|m|b;var A=u|~(C|h);var v=h&C;if(A>>>31^T){l[c/32|0]^=1<<c}if(v>>>31^b){s[c/32|0]^=1<<c}A=A<<1|T;v=v<<1|b;h=v|~(y|A);u=A&y}for(var g=d;g<p;g++){r[e.charCodeAt(g)]=0}}var x=0;var w=-1;var E=f*32;var _=Math.min(32,n-E)+E;for(var g=E;g<_;g++){r[e.charCodeAt(g)]|=1<<g}var k=n;for(var c=0;c<i;c++){var m=r[t.charCodeAt(c)];var T=l[c/32|0]>>>c&1;var b=s[c/32|0]>>>c&1;var y=m|x;var C=((m|b)&w)+w^w|m|b;var A=x|~(C|w);var v=w&C;k+=A>>>n-1&1;k-=v>>>n-1&1;if(A>>>31^T){l[c/32|0]^=1<<c}if(v>>>31^b){s[c/32|0]^=1<<c}A=A<<1|T;v=v<<1|b;w=v|~(y|A);x=A&y}for(var g=E;g<_;g++){r[e.charCodeAt(g)]=0}return k};var distance=function(e,t){if(e.length<t.length){var r=t;t=e;e=r}if(t.length===0){return e.length}if(e.length<=32){return myers_32(e,t)}return myers_x(e,t)};t.distance=distance;var closest=function(e,t){var r=Infinity;var i=0;for(var n=0;n<t.length;n++){var s=distance(e,t[n]);if(s<r){r=s;i=n}}return t[i]};t.closest=closest},298:e=>{function makeArray(e){return Array.isArray(e)?e:[e]}const t=undefined;const r="";const i=" ";const n="\\";const s=/[.*+?()[\]{}^$|\\/]/;const l="\ufeff";const a=/^\/\*{2,}$/;const o=/^\\!/;const c=/^\\#/;const f=/\r?\n/g;const u="//";const h=47;const d=46;const p="/";let g="node-ignore";if(typeof Symbol!=="undefined"){g=Symbol.for("node-ignore")}const m=g;const define=(e,t,r)=>{Object.defineProperty(e,t,{value:r});return r};const RETURN_FALSE=()=>false;const T={alnum:"0-9A-Za-z",alpha:"A-Za-z",blank:" \\t",cntrl:"\\x00-\\x1f\\x7f",digit:"0-9",graph:"!-.0-~",lower:"a-z",print:" -.0-~",punct:"!-.:-@\\[-`{-~",space:" \\t\\n\\r",upper:"A-Z",xdigit:"0-9A-Fa-f"};const b="\\]^-[";const escapeMember=e=>b.indexOf(e)<0?e:n+e;const y="(?!\\/)";const classSource=(e,t)=>{if(e){return`[^\\/${t}]`}const r=`[${t}]`;return new RegExp(r).test("/")?y+r:r};const scanBracket=(e,i)=>{const{length:s}=e;let l=i+1;let a=r;const o=e[l];if(o==="!"||o==="^"){a="^";l++}let c=r;let f=r;for(;;){const i=e[l];if(i===t){return null}if(i===n){const t=e[++l];c+=escapeMember(t);f=t}else if(i==="-"&&f&&l+1<s&&e[l+1]!=="]"){l++;let t=e[l];if(t===n){t=e[l+=1]}if(f<=t){c+=`-${escapeMember(t)}`}f=r}else if(i==="["&&e[l+1]===":"){const t=l+2;let i=t;while(i<s&&e[i]!=="]"){i++}if(i===s){return null}if(i>t&&e[i-1]===":"){const n=e.slice(t,i-1);if(!Object.prototype.hasOwnProperty.call(T,n)){return null}c+=T[n];f=r;l=i}else{c+=escapeMember("[");f="[";l=t-2}}else{c+=escapeMember(i);f=i}l++;if(e[l]==="]"){return{end:l,source:classSource(a,c)}}}};const C="[]";const A="\0";const v=new RegExp(`${A}(\\d+)${A}`,"g");const x="";const w="";const isReserved=e=>e===A||e===x||e===w;const extractBrackets=e=>{const t=[];const hold=e=>`${A}${t.push(e)-1}${A}`;const{length:l}=e;let a=r;let o=0;while(o<l){const t=e[o];if(t===n){const t=e[o+1];if(t===p&&o+2===l){a+=hold(C)}else if(t==="*"||t==="["||t===i){a+=e.slice(o,o+2)}else{a+=hold(s.test(t)?n+t:isReserved(t)?`[${t}]`:t)}o+=2}else if(isReserved(t)){a+=hold(`[${t}]`);o++}else if(t==="["){const t=scanBracket(e,o);if(t===null){a+=hold(C);o=l}else{a+=hold(t.source);o=t.end+1}}else{a+=t;o++}}return{source:a,sources:t}};const E=null;const _=/\/(?!$)/;const k="[^\\/]*";const D=[[/(\\+)( ?)/g,(e,t,r)=>r?t.slice(0,t.length-t.length%2)+i:t,n+i],[/(^|\/)\*{3,}(?=\/|$)/g,(e,t)=>`${t}**`,"*"],[/[\\$.|*+(){^]/g,e=>`\\${e}`],[/(?!\\)\?/g,()=>"[^/]","?"],[/^\//,()=>"^",p],[/\//g,()=>"\\/",p],[/^\^*(?:\\\*\\\*\\\/)+/,()=>"(?:^|\\/)","*"],[E,(e,t)=>{if(!e||e[0]==="^"||e[0]==="("){return e}const r=!_.test(t)?"(?:^|\\/)":"^";return r+e}],[/\\\/\\\*\\\*(?=\\\/|$)/g,(e,t,r)=>t+6<r.length?r.slice(t+6)==="\\/"?"(?:\\/[^\\/]+)+":"(?:\\/[^\\/]+)*":`\\/${w}`,"*"],[/(^|[^\\])(?:\\\*)+(?!$)/g,(e,t)=>t+k,"*"],[/(^|[^\\])((?:\\\\)*)\\\*$/,(e,t,i)=>i===r?t+x:e,"*"],[/\\\\\\(?=[$.|*+(){^])/g,()=>n,n+n],[/\\\\/g,()=>n,n+n],[/\\\[([^\]/]*?)($|\])/g,(e,t,r)=>`\\[${t}${r}`,"["],[E,e=>{const t=e[e.length-1];if(!t||t===x||t===w){return e}return t===p?`${e}$`:`${e}(?=$|\\/$)`}]];const $=/(^|\\\/)?\uE000$/;const O="regex";const I="checkRegex";const j="_";const replaceTrailingWildcard=(e,t)=>{const r=t?`${t}[^/]+`:"[^/]*";return`${r}(?=$|\\/$)`};const S=/\uE001$/;const replaceTrailingDoublestar=()=>"[\\s\\S]";const separatorAfter=(e,t)=>{let i=r;for(let r=t+1;r<e.length&&!e[r].wildcard;r++){i+=e[r].single}return i};const pinWildcards=e=>{if(e.indexOf(k)<0){return e}const t=[];const{length:i}=e;let s=0;while(s<i){const r=e[s];if(e.startsWith(k,s)){t.push({wildcard:true});s+=k.length}else if(r==="["){let r=s+1;if(e[r]==="^"){r++}if(e[r]==="]"){r++}while(r<i&&e[r]!=="]"){r+=e[r]===n?2:1}r++;t.push({single:e.slice(s,r)});s=r}else if(r===n){t.push({single:e.slice(s,s+2)});s+=2}else if(r==="("){let r=0;let l=s;do{if(e[l]===n){l++}else if(e[l]==="("){r++}else if(e[l]===")"){r--}l++}while(l<i&&r>0);if("*+?".indexOf(e[l])>=0){l++}t.push({boundary:e.slice(s,l)});s=l}else if(r==="^"||r==="$"){t.push({boundary:r});s++}else{t.push({single:r});s++}}let l=r;let a=[];const flush=()=>{let e;a.forEach((t,r)=>{if(t.wildcard){e=r}});a.forEach((t,r)=>{if(!t.wildcard){l+=t.single;return}l+=r===e?k:`(?:(?!${separatorAfter(a,r)})[^\\/])*`});a=[]};t.forEach(e=>{if(e.boundary===undefined){a.push(e);return}flush();l+=e.boundary});flush();return l};const makeRegexPrefix=e=>{if(a.test(e)){e="**"}const{source:r,sources:i}=extractBrackets(e);const n=D.reduce((r,[i,n,s])=>{if(i===E){return n(r,e)}if(s!==t&&r.indexOf(s)<0){return r}return i.test(r)?r.replace(i,n.bind(e)):r},r);return i.length?n.replace(v,(e,t)=>i[t]):n};const checkSourceOf=(e,t)=>{if(e[e.length-1]===p){t=makeRegexPrefix(e.slice(0,-1))}const r=t.slice(0,-1);const i=t[t.length-1];return i===x?`${r}$`:i===w?r:C};const matchesBasename=e=>{const t=e.indexOf(p);return t<0||t===e.length-1};const basenameOf=e=>{const t=e.length-1;const r=e.lastIndexOf(p,e[t]===p?t-1:t);return r<0?e:e.slice(r+1)};const parentOf=e=>{if(e.charCodeAt(0)===h||e.indexOf(u)>=0){const t=e.split(p).filter(Boolean);t.pop();return t.length?t.join(p)+p:r}const t=e.length-1;const i=e.lastIndexOf(p,e.charCodeAt(t)===h?t-1:t);return i<0?r:e.slice(0,i+1)};const isString=e=>typeof e==="string";const checkPattern=e=>e&&isString(e);const splitPattern=e=>(e[e.length-1]==="\r"?e.slice(0,-1):e).split(f).filter(Boolean);class IgnoreRule{constructor(e,t,r,i,n,s){this.pattern=e;this.mark=t;this.negative=n;define(this,"body",r);define(this,"ignoreCase",i);define(this,"regexPrefix",s)}get _basenameOnly(){return define(this,"_basenameOnly",matchesBasename(this.body))}get regex(){const e=j+O;if(this[e]){return this[e]}return this._make(O,e)}get checkRegex(){const e=j+I;if(this[e]){return this[e]}return this._make(I,e)}_make(e,t){const r=pinWildcards(e===O?this.regexPrefix.replace($,replaceTrailingWildcard).replace(S,replaceTrailingDoublestar):checkSourceOf(this.body,this.regexPrefix));const i=this.ignoreCase?new RegExp(r,"i"):new RegExp(r);return define(this,t,i)}}const hasTrailingBackslash=e=>{let t=0;while(e[e.length-t-1]===n){t++}return t%2===1};const trimEnd=(e,t)=>{let r=e.length;let s;for(;;){if(t&&e[r-1]==="\r"){r--}s=r;while(e[s-1]===i){s--}if(!t||e[s-1]!=="\n"){break}r=s-1}if(s===r){return e.slice(0,r)}let l=0;while(e[s-l-1]===n){l++}return l%2?e.slice(0,s-1)+i:e.slice(0,s)};const createRule=(e,t,r,n,s)=>{let a=s&&e[0]===l?e.slice(1):e;if(a[0]==="#"){return}let f=false;if(a[0]==="!"){f=true;a=a.slice(1)}const u=a[a.length-1];if(u===i||n&&(u==="\r"||u==="\n")){a=trimEnd(a,n)}if(!a||hasTrailingBackslash(a)){return}a=a.replace(o,"!").replace(c,"#");const h=makeRegexPrefix(a);return new IgnoreRule(e,t,a,r,f,h)};class RuleManager{constructor(e){this._ignoreCase=e;this._rules=[];this._basenameCount=0}_add(e,r){if(e&&e[m]){this._rules=this._rules.concat(e._rules._rules);this._basenameCount+=e._rules._basenameCount;this._added=true;return}const i=isString(e);const n=i?e:e.pattern;const s=checkPattern(n)&&createRule(n,i?t:e.mark,this._ignoreCase,!this._split,this._stripBOM&&!r);if(s){this._added=true;this._rules.push(s);if(matchesBasename(s.body)){this._basenameCount++}}}add(e){this._added=false;this._split=isString(e);this._stripBOM=!this._split||e[0]===l;makeArray(this._split?splitPattern(e):e).forEach(this._add,this);if(this._added){this._literalRules=t}return this._added}testLiteral(e){const r=this._literalRules||(this._literalRules=this._rules.filter(({body:e})=>e[e.length-(e[e.length-1]===p?2:1)]==="*"));let i=false;let n=false;let s;for(let l=r.length-1;l>=0;l--){const a=r[l];if(a.checkRegex.test(e)){i=!a.negative;n=a.negative;s=a.negative?t:a;break}}const l={ignored:i,unignored:n};if(s){l.rule=s}return l}test(e,t){const r=this._rules;const{length:i}=r;const n=this._basenameCount*2>=i;const s=n?basenameOf(e):e;for(let l=i-1;l>=0;l--){const i=r[l];if(i[t].test(n&&i._basenameOnly?s:e)){const{negative:e}=i;const t={ignored:!e,unignored:e};if(!e){t.rule=i}return t}}return{ignored:false,unignored:false}}}const throwError=(e,t)=>{throw new t(e)};const checkPath=(e,t,r)=>{if(!isString(e)){return r(`path must be a string, but got \`${t}\``,TypeError)}if(!e){return r(`path must not be empty`,TypeError)}if(checkPath.isNotRelative(e)){const e="`path.relative()`d";return r(`path should be a ${e} string, but got "${t}"`,RangeError)}return true};const isNotRelative=e=>{const t=e.charCodeAt(0);if(t===h){return true}if(t!==d){return false}if(e.length===1){return true}const r=e.charCodeAt(1);if(r===h){return true}if(r!==d){return false}return e.length===2||e.charCodeAt(2)===h};checkPath.isNotRelative=isNotRelative;checkPath.convert=e=>e;const convertPath=e=>isString(e)&&checkPath.convert(e);class Ignore{constructor({ignorecase:e=true,ignoreCase:t=e,allowRelativePaths:r=false}={}){define(this,m,true);this._rules=new RuleManager(t);this._strictPathCheck=!r;this._initCache()}_initCache(){this._ignoreCache=Object.create(null);this._testCache=Object.create(null)}add(e){if(this._rules.add(e)){this._initCache()}return this}addPattern(e){return this.add(e)}_test(e,t,r){checkPath(r,e,this._strictPathCheck?throwError:RETURN_FALSE);return r?this._t(r,t):{ignored:false,unignored:false}}checkIgnore(e){const t=convertPath(e);if(!t||t.charCodeAt(t.length-1)!==h){return this._test(e,this._testCache,t)}const r=this._t(t,this._testCache);if(r.ignored){return r}const i=this._rules.testLiteral(t);return i.ignored||i.unignored?i:r}_t(e,r){if(e in r){return r[e]}const i=parentOf(e);const n=i?this._t(i,r):t;return r[e]=n&&n.ignored?n:this._rules.test(e,O)}ignores(e){return this._test(e,this._ignoreCache,convertPath(e)).ignored}createFilter(){return e=>!this.ignores(e)}filter(e){return makeArray(e).filter(this.createFilter())}test(e){return this._test(e,this._testCache,convertPath(e))}}const factory=e=>new Ignore(e);const isPathValid=e=>checkPath(convertPath(e),e,RETURN_FALSE);const setupWindows=()=>{const makePosix=e=>/^\\\\\?\\/.test(e)||/["<>|\u0000-\u001F]+/u.test(e)?e:e.replace(/\\/g,"/");checkPath.convert=makePosix;const e=/^[a-z]:\//i;checkPath.isNotRelative=t=>e.test(t)||isNotRelative(t)};if(typeof process!=="undefined"&&process.platform==="win32"){setupWindows()}e.exports=factory;factory.default=factory;e.exports.isPathValid=isPathValid;define(e.exports,Symbol.for("setupWindows"),setupWindows)},3292:(e,t,r)=>{"use strict";r.d(t,{PJ:()=>TomlDate,zx:()=>TomlError,qg:()=>parse});
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function getLineColFromPtr(e,t){let r=e.slice(0,t).split(/\r?\n/);return[r.length,r.pop().length+1]}function makeCodeBlock(e,t,r){let i=e.split(/\r?\n/);let n="";let s=(Math.log10(t+1)|0)+1;for(let e=t-1;e<=t+1;e++){let l=i[e-1];if(!l)continue;n+=e.toString().padEnd(s," ");n+=":  ";n+=l;n+="\n";if(e===t){n+=" ".repeat(s+r+2);n+="^\n"}}return n}class TomlError extends Error{line;column;codeblock;constructor(e,t){const[r,i]=getLineColFromPtr(t.toml,t.ptr);const n=makeCodeBlock(t.toml,r,i);super(`Invalid TOML document: ${e}\n\n${n}`,t);this.line=r;this.column=i;this.codeblock=n}static x(e,t,r){throw new TomlError(e,{toml:t.s,ptr:r??t.p})}}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function parseString(e){let t=e.p;let r=e.s.charCodeAt(e.p++);let i=r;let n=r===39;let s=r===e.s.charCodeAt(e.p)&&r===e.s.charCodeAt(e.p+1);if(s){if((r=e.s.charCodeAt(e.p+=2))===10)e.p++;else if(r===13&&e.s.charCodeAt(e.p+1)===10)e.p+=2}let l="";let a=e.p;let o=0;for(;e.p<e.s.length;e.p++){r=e.s.charCodeAt(e.p);if(s&&(r===10||r===13&&e.s.charCodeAt(e.p+1)===10)){o=o&&3}else if(r<32&&r!==9||r===127){TomlError.x("control characters are not allowed in strings",e)}else if((!o||o===3)&&r===i&&(!s||e.s.charCodeAt(e.p+1)===i&&e.s.charCodeAt(e.p+2)===i)){if(s){if(e.s.charCodeAt(e.p+3)===i)e.p++;if(e.s.charCodeAt(e.p+3)===i)e.p++}if(!o){let t=e.s.slice(a,e.p);l=l?l+t:t}e.p+=s?3:1;return l}else if(!o){if(!n&&r===92){l+=e.s.slice(a,a=e.p);o=1}}else if(o===1){if(r===120||r===117||r===85){let t=e.p++-1;let i=0;let n=r===120?2:r===117?4:8;for(let t=0;t<n;t++,e.p++){let t=e.s.charCodeAt(e.p);let r=t>=48&&t<=57?t-48:t>=65&&t<=70?t-65+10:t>=97&&t<=102?t-97+10:-1;if(r<0)TomlError.x("invalid non-hex character in unicode escape",e);i=i<<4|r}if(i<0||i>1114111||i>=55296&&i<=57343){TomlError.x("invalid unicode escape",e,t)}l+=String.fromCodePoint(i);a=e.p--;o=0}else if(s&&(r===32||r===9)){o=2}else{if(r===98)l+="\b";else if(r===116)l+="\t";else if(r===110)l+="\n";else if(r===102)l+="\f";else if(r===114)l+="\r";else if(r===101)l+="";else if(r===34)l+='"';else if(r===92)l+="\\";else TomlError.x("unrecognised escape sequence",e);a=e.p+1;o=0}}else if(r!==32&&r!==9){if(o===2)TomlError.x("invalid escape: only line-ending whitespace may be escaped",e,a);o=!n&&r===92?1:0;a=e.p}}TomlError.x("unfinished string",e,t)}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
let i=/^(\d{4}-\d{2}-\d{2})?[Tt ]?(?:(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|z|[-+]\d{2}:\d{2})?$/i;class TomlDate extends Date{#e=false;#t=false;#r=null;constructor(e,t,r){let n=true;let s=true;let l="Z";let a;if(typeof e==="string"){if(t)e:{if(t<3){if(+e.slice(11,13)>23){e="";break e}if(t===2){l=null;e+="Z"}else if((a=e.charCodeAt(e.length-1))!==90&&a!==122){l=e.slice(e.length-6)}if(r)e=e.slice(0,10)+"T"+e.slice(11)}else if(t===4){e=+e.slice(0,2)>23?"":`0000-01-01T${e}Z`}n=t!==4;s=t!==3}else{let t=e.match(i);if(t){if(!t[1]){n=false;e=`0000-01-01T${e}`}s=!!t[2];s&&e[10]===" "&&(e=e.replace(" ","T"));if(t[2]&&+t[2]>23){e=""}else{l=t[3]||null;if(!l&&s)e+="Z"}}else{e=""}}}super(e);if(!isNaN(this.getTime())){this.#e=n;this.#t=s;this.#r=l}}isDateTime(){return this.#e&&this.#t}isLocal(){return!this.#e||!this.#t||!this.#r}isDate(){return this.#e&&!this.#t}isTime(){return this.#t&&!this.#e}isValid(){return this.#e||this.#t}toISOString(){let e=super.toISOString();if(this.isDate())return e.slice(0,10);if(this.isTime())return e.slice(11,23);if(this.#r===null)return e.slice(0,-1);if(this.#r==="Z"||this.#r==="z")return e;let t=+this.#r.slice(1,3)*60+ +this.#r.slice(4,6);t=this.#r[0]==="-"?t:-t;let r=new Date(this.getTime()-t*6e4);return r.toISOString().slice(0,-1)+this.#r}static wrapAsOffsetDateTime(e,t="Z"){let r=new TomlDate(e);r.#r=t;return r}static wrapAsLocalDateTime(e){let t=new TomlDate(e);t.#r=null;return t}static wrapAsLocalDate(e){let t=new TomlDate(e);t.#t=false;t.#r=null;return t}static wrapAsLocalTime(e){let t=new TomlDate(e);t.#e=false;t.#r=null;return t}}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function isDigit(e,t=10){return t===16?e>47&&e<58||e>64&&e<71||e>96&&e<103:e>47&&e<48+t}function isEndOfValue(e,t){return e===32||e===9||e===10||e===13||t&&(e===t||e===44)||e===35}function extractValue(e,t){let r=e.p;let i=e.s.charCodeAt(e.p);if(i===91||i===123){e.d--||TomlError.x("document contains excessively nested structures. aborting.",e);let t=i===91?parseArray(e):parseInlineTable(e);e.d++;return t}if(i===34||i===39){return parseString(e)}if(i===116){if(e.s.charCodeAt(++e.p)!==114||e.s.charCodeAt(++e.p)!==117||e.s.charCodeAt(++e.p)!==101)TomlError.x("invalid value",e,r);return e.p++,true}if(i===102){if(e.s.charCodeAt(++e.p)!==97||e.s.charCodeAt(++e.p)!==108||e.s.charCodeAt(++e.p)!==115||e.s.charCodeAt(++e.p)!==101)TomlError.x("invalid value",e,r);return e.p++,false}if(i===43||i===45){return parseNumber(e,e.p,e.s.charCodeAt(++e.p),44-i,t)}if(e.s.charCodeAt(e.p+4)===45&&e.s.charCodeAt(e.p+7)===45){return parseDate(e,i,t)}if(e.s.charCodeAt(e.p+2)===58){return parseTime(e,i,t)}return parseNumber(e,e.p,i,0,t)}function parseNumber(e,t,r,i,n){let s=r;let l=0;let a=false;if(s===105){if(e.s.charCodeAt(++e.p)!==110||e.s.charCodeAt(++e.p)!==102)TomlError.x("invalid value",e,t);return e.p++,(i||1)/0}if(s===110){if(e.s.charCodeAt(++e.p)!==97||e.s.charCodeAt(++e.p)!==110)TomlError.x("invalid value",e,t);return e.p++,NaN}if(s===48){if(++e.p>=e.s.length||isEndOfValue(s=e.s.charCodeAt(e.p),n))return e.bi===true?0n:0;if(!i){if(s===120)return parseIntegerBaseN(e,t,16,n);else if(s===98)return parseIntegerBaseN(e,t,2,n);else if(s===111)return parseIntegerBaseN(e,t,8,n)}if(s===46)l=2;else if(s===101||s===69)l=4;else TomlError.x("illegal leading zero",e,t)}else if(!isDigit(s))TomlError.x("invalid value",e,t);while(++e.p<e.s.length&&(s=e.s.charCodeAt(e.p),!isEndOfValue(s,n))){if(!l)l=1;if(s===95){if(!(l&1))TomlError.x("illegal underscore",e);l+=11;a=true}else if(l===1&&s===46)l=2;else if((l===1||l===3)&&(s===101||s===69))l=4;else if(l===4&&(s===43||s===45)){l=6}else if(!isDigit(s))TomlError.x(`illegal character in numeric literal`,e);else if(l>9)l-=11;else if(!(l&1))l++}if(!l){let t=(r-48)*(i||1);return e.bi===true?BigInt(t):t}if(!(l&1))TomlError.x("unfinished numeric value",e,t);let o=e.s.slice(t,e.p);if(a)o=o.replaceAll("_","");return l>1?parseFloat(o):parseInteger(e,o,10,t)}function parseIntegerBaseN(e,t,r,i){let n,s=1;while(++e.p<e.s.length&&(n=e.s.charCodeAt(e.p),!isEndOfValue(n,i))){if(n===95){if(s&1)TomlError.x("illegal underscore",e);s=3}else if(!isDigit(n,r))TomlError.x(`illegal character in numeric literal`,e);else if(s&1)s--}if(s&1)TomlError.x("unfinished numeric value",e);let l=e.s.slice(t+2,e.p);if(s)l=l.replaceAll("_","");return parseInteger(e,l,r,t)}function parseInteger(e,t,r,i){if(e.bi!==true)e:{let n=parseInt(t,r);if(!Number.isSafeInteger(n)){if(e.bi)break e;TomlError.x("integer value cannot be represented losslessly",e,i)}return n}return r===10?BigInt(t):BigInt((r===2?"0b":r===8?"0o":"0x")+t)}function parseDate(e,t,r){let i=e.p++,n;if(!isDigit(t)||!isDigit(e.s.charCodeAt(e.p++))||!isDigit(e.s.charCodeAt(e.p++))||!isDigit(e.s.charCodeAt(e.p++))){return parseNumber(e,e.p=i,t,0,r)}e.p+=5;if(!isDigit(e.s.charCodeAt(e.p++)))TomlError.x("invalid date-time: date part is malformed",e,i);if(e.p>=e.s.length||((t=e.s.charCodeAt(e.p))!==32||(n=true,!isDigit(e.s.charCodeAt(e.p+1))))&&t!==84&&t!==116){let t=e.s.slice(i,e.p);return readDate(e,t,3,false,i)}if(e.s.charCodeAt(e.p+=3)!==58)TomlError.x("invalid date-time: time part is malformed",e,i);if(e.s.charCodeAt(e.p+=3)===58)e.p+=3;if(e.s.charCodeAt(e.p)===46)while(isDigit(e.s.charCodeAt(++e.p)));if(t=e.s.charCodeAt(e.p)){if(t===90||t===122){let t=e.s.slice(i,++e.p);return readDate(e,t,1,n,i,"[+00:00]")}if(t===43||t===45){let t=e.s.slice(i,e.p+=6);return readDate(e,t,1,n,i,!e.ld&&"["+e.s.slice(e.p-6,e.p)+"]")}}let s=e.s.slice(i,e.p);return readDate(e,s,2,n,i)}function parseTime(e,t,r){let i=e.p;if(!isDigit(t)||!isDigit(e.s.charCodeAt(++e.p))){return parseNumber(e,--e.p,t,0,r)}if(e.s.charCodeAt(e.p+=4)===58)e.p+=3;if(e.s.charCodeAt(e.p)===46)while(isDigit(e.s.charCodeAt(++e.p)));let n=e.s.slice(i,e.p);return readDate(e,n,4,false,i)}function readDate(e,t,r,i,n,s){if(e.ld){let s=new TomlDate(t,r,i);if(!s.isValid())TomlError.x("invalid date",e,n);return s}try{if(s)t+=s;switch(r){case 1:return Temporal.ZonedDateTime.from(t);case 2:return Temporal.PlainDateTime.from(t);case 3:return Temporal.PlainDate.from(t);case 4:return Temporal.PlainTime.from(t)}}catch(t){TomlError.x(t instanceof Error?t.message:""+t,e,n)}}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function skipComment(e){for(;e.p<e.s.length;e.p++){let t=e.s.charCodeAt(e.p);if(t===10)break;if(t===13&&e.s.charCodeAt(e.p+1)===10){e.p++;break}if(t<32&&t!==9||t===127){TomlError.x("control characters are not allowed in comments",e)}}}function skipVoid(e,t,r){let i;while(e.p<e.s.length){while(e.p<e.s.length&&((i=e.s.charCodeAt(e.p))===32||i===9||!t&&(i===10||i===13&&e.s.charCodeAt(e.p+1)===10)))e.p++;if(r||i!==35)break;skipComment(e)}}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function parseKey(e,t=61){let r;let i=0;let n=[];let s;let l=e.s.charCodeAt(r=e.p);do{if(l===t){if(!i)TomlError.x("unexpected end of key",e);if(i===1)n.push(e.s.slice(s,e.p));return e.p++,n}else if(l===46){if(!i)TomlError.x("illegal empty bare key",e);if(i===1)n.push(e.s.slice(s,e.p));i=0}else if(!i&&(l===34||l===39)){if(l===e.s.charCodeAt(e.p+1)&&l===e.s.charCodeAt(e.p+2))TomlError.x("illegal quoted key: multiline strings are not allowed",e);n.push(parseString(e));i=2;e.p--}else if(l===32||l===9){if(i===1){n.push(e.s.slice(s,e.p));i=2}}else if(i===2||l<48&&l!==45||l>57&&l<65||l>90&&l<97&&l!==95||l>122){TomlError.x("illegal character in key",e)}else if(!i){i=1;s=e.p}}while(l=e.s.charCodeAt(++e.p));TomlError.x("incomplete key-value: cannot find end of key",e,r)}function parseInlineTable(e){let t=e.p++;let r=Object.create(null);let i=new Set;let n;while(e.p<e.s.length){skipVoid(e);if((n=e.s.charCodeAt(e.p))===125){e.p++;return r}let t;let s=r;let l=false;let a=e.p;let o=parseKey(e);for(let r=0;r<o.length;r++){if(r)s=l?s[t]:s[t]=Object.create(null);t=o[r];if((l=Object.hasOwn(s,t))&&(typeof s[t]!=="object"||i.has(s[t]))){TomlError.x("trying to redefine an already defined value",e,a)}let n=t==="__proto__";if(e.uk&&(n||t==="constructor")){s=e.uk!==1&&TomlError.x("document contains an unsafe property",e,a);break}if(!l&&n){Object.defineProperty(s,t,{enumerable:true,configurable:true,writable:true})}}if(l){TomlError.x("trying to redefine an already defined value",e,a)}skipVoid(e,true,true);let c=extractValue(e,125);if(s&&typeof(s[t]=c)==="object")i.add(c);skipVoid(e);if((n=e.s.charCodeAt(e.p++))===125){return r}if(n!==44)TomlError.x("expected comma or end of structure",e,e.p-1)}TomlError.x("unfinished table",e,t)}function parseArray(e){let t=e.p++;let r=[];let i;while(e.p<e.s.length){skipVoid(e);if((i=e.s.charCodeAt(e.p))===93){e.p++;return r}r.push(extractValue(e,93));skipVoid(e);if((i=e.s.charCodeAt(e.p++))===93){return r}if(i!==44)TomlError.x("expected comma or end of structure",e,e.p-1)}TomlError.x("unfinished array",e,t)}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
function peekTable(e,t,r,i,n){let s=r;let l=i;let a;let o=false;let c;for(let r=0;r<t.length;r++){if(r){s=o?s[a]:s[a]=Object.create(null);l=(c=l[a]).c;if(n===0&&(c.t===1||c.t===2)){return null}if(c.t===2){let e=s.length-1;s=s[e];l=l[e].c}}a=t[r];if((o=Object.hasOwn(s,a))&&l[a]?.t===0&&l[a]?.d){return null}if(!o){let i=a==="__proto__";if(e.uk&&(i||a==="constructor"))return false;if(i){Object.defineProperty(s,a,{enumerable:true,configurable:true,writable:true});Object.defineProperty(l,a,{enumerable:true,configurable:true,writable:true})}l[a]={t:r<t.length-1&&n===2?3:n,d:false,i:0,c:Object.create(null)}}}c=l[a];if(c.t!==n&&!(n===1&&c.t===3)){return null}if(n===2){if(!c.d){c.d=true;s[a]=[]}s[a].push(s=Object.create(null));c.c[c.i++]=c={t:1,d:false,i:0,c:Object.create(null)}}if(c.d){return null}c.d=true;if(n===1){s=o?s[a]:s[a]=Object.create(null)}else if(n===0&&o){return null}return[a,s,c.c]}function validateTablePeek(e,t,r){if(t===null||e.uk===2)TomlError.x(t===null?"trying to redefine an already defined table or value":"document contains an unsafe property",e,r)}function parse(e,t={}){let r={s:e,p:0,d:t.maxDepth??1e3,bi:t.integersAsBigInt??false,ld:t.useLegacyDate??true,uk:t.unsafeKeyBehaviour==="throw"?2:t.unsafeKeyBehaviour==="drop"?1:0};let i=Object.create(null);let n=Object.create(null);let s;let l=false;let a=i;let o=n;if(e.charCodeAt(0)===65279)r.p++;skipVoid(r);while(r.p<e.length){if(e.charCodeAt(r.p)===91){let t=e.charCodeAt(++r.p)===91;s=r.p+=+t;l=false;let c=parseKey(r,93);if(t){if(e.charCodeAt(r.p)!==93){TomlError.x("expected end of table array declaration",r)}r.p++}let f=peekTable(r,c,i,n,t?2:1);if(!f){validateTablePeek(r,f,s);l=true}else{o=f[2];a=f[1]}}else{s=r.p;let e=parseKey(r);let t=peekTable(r,e,a,o,0);if(!t&&!l)validateTablePeek(r,t,s);skipVoid(r,true,true);let i=extractValue(r,void 0);if(t&&!l)t[1][t[0]]=i}skipVoid(r,true);if(r.p<e.length&&(s=e.charCodeAt(r.p))!==10&&(s!==13||e.charCodeAt(r.p+1)!==10)){TomlError.x("each key-value declaration must be followed by an end-of-line",r)}skipVoid(r)}return i}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
let n=/^[a-z0-9-_]+$/i;let s=!!"".isWellFormed;function extendedTypeOf(e){let t=typeof e;if(t==="object"){if(Array.isArray(e))return"array";if(typeof e.getUTCDate==="function"&&e instanceof Date)return"date";if(globalThis.Temporal){if(e.until){if(e instanceof Temporal.ZonedDateTime)return"temporal/tz+uc";if(e instanceof Temporal.PlainDateTime||e instanceof Temporal.PlainDate)return"temporal/uc";if(e instanceof Temporal.PlainTime||e instanceof Temporal.Instant)return"temporal";if(e instanceof Temporal.PlainYearMonth)return"temporal/x"}else if(e.toPlainDate&&e instanceof Temporal.PlainMonthDay||e.negated&&e instanceof Temporal.Duration){return"temporal/x"}}}return t}function isArrayOfTables(e){for(let t=0;t<e.length;t++){if(extendedTypeOf(e[t])!=="object")return false}return e.length!=0}function formatWellFormedStringUnchecked(e){return JSON.stringify(e).replaceAll("","\\u007f")}function formatString(e){return formatWellFormedStringUnchecked(s?e.toWellFormed():e)}function formatKey(e){if(n.test(e))return e;if(s&&!e.isWellFormed())throw new RangeError("key contains illegal lone surrogates");return formatWellFormedStringUnchecked(e)}function stringifyValue(e,t,r,i,n){if(r===0){throw new Error("Could not stringify the object: maximum object depth exceeded")}switch(t){case"number":if(isNaN(e))return"nan";if(e===Infinity)return"inf";if(e===-Infinity)return"-inf";if(Number.isInteger(e)&&(i||!Number.isSafeInteger(e)))return e.toFixed(1);case"bigint":case"boolean":case"temporal":return e.toString();case"string":return formatString(e);case"date":if(isNaN(e.getTime()))throw new TypeError("cannot serialize invalid date");return e.toISOString();case"object":return stringifyInlineTable(e,r,i,n);case"array":return stringifyArray(e,r,i,n);case"temporal/tz+uc":if(n){let t=e.timeZoneId;let r=t.charCodeAt(0);if(r!==43&&r!==45&&(r!==85&&r!==71&&r!==90&&r!==69||t!=="UTC"&&t!=="UCT"&&t!=="Universal"&&t!=="Zulu"&&!t.startsWith("GMT")&&t!=="Greenwich"&&!t.startsWith("Etc/"))){throw new TypeError("Temporal objects with an IANA timezone are not allowed in Temporal strict mode")}}case"temporal/uc":if(n&&e.calendarId!=="iso8601")throw new TypeError("Temporal objects with a non-default calendar are not allowed in Temporal strict mode");return e.toString({calendarName:"never",timeZoneName:"never"});case"temporal/x":throw new TypeError("Unsupported "+e[Symbol.toStringTag])}}function stringifyInlineTable(e,t,r,i){let n=Object.keys(e);if(n.length===0)return"{}";let s="{ ";for(let l=0;l<n.length;l++){let a=n[l];if(l)s+=", ";s+=formatKey(a)+" = "+stringifyValue(e[a],extendedTypeOf(e[a]),t-1,r,i)}return s+" }"}function stringifyArray(e,t,r,i){if(e.length===0)return"[]";let n="[ ";for(let s=0;s<e.length;s++){if(s)n+=", ";if(e[s]===null||e[s]===void 0){throw new TypeError("arrays cannot contain null or undefined values")}n+=stringifyValue(e[s],extendedTypeOf(e[s]),t-1,r,i)}return n+" ]"}function stringifyArrayTable(e,t,r,i,n){if(r===0){throw new Error("Could not stringify the object: maximum object depth exceeded")}let s="";for(let l=0;l<e.length;l++){s+=`${s&&"\n"}[[${t}]]\n`;s+=stringifyTable(0,e[l],t,r,i,n)}return s}function stringifyTable(e,t,r,i,n,s){if(i===0){throw new Error("Could not stringify the object: maximum object depth exceeded")}let l="";let a="";let o=Object.keys(t);for(let e=0;e<o.length;e++){let c=o[e];if(t[c]!==null&&t[c]!==void 0){let e=extendedTypeOf(t[c]);if(e==="symbol"||e==="function"){throw new TypeError(`cannot serialize values of type '${e}'`)}let o=formatKey(c);if(e==="array"&&isArrayOfTables(t[c])){a+=(a&&"\n")+stringifyArrayTable(t[c],r?`${r}.${o}`:o,i-1,n,s)}else if(e==="object"){let e=r?`${r}.${o}`:o;a+=(a&&"\n")+stringifyTable(e,t[c],e,i-1,n,s)}else{l+=o;l+=" = ";l+=stringifyValue(t[c],e,i,n,s);l+="\n"}}}if(e&&(l||!a))l=l?`[${e}]\n${l}`:`[${e}]`;return l&&a?`${l}\n${a}`:l||a}function stringify(e,{maxDepth:t=1e3,numbersAsFloat:r=false,strictTemporal:i=false}={}){if(extendedTypeOf(e)!=="object"){throw new TypeError("stringify can only be called with an object")}let n=stringifyTable(0,e,"",t,r,i);if(n[n.length-1]!=="\n")return n+"\n";return n}
/*!
 * Copyright (c) Squirrel Chat et al., All rights reserved.
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this
 *    list of conditions and the following disclaimer.
 * 2. Redistributions in binary form must reproduce the above copyright notice,
 *    this list of conditions and the following disclaimer in the
 *    documentation and/or other materials provided with the distribution.
 * 3. Neither the name of the copyright holder nor the names of its contributors
 *    may be used to endorse or promote products derived from this software without
 *    specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
 * ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
 * WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
 * DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
 * FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
 * DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
 * SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
 * CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
 * OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
 * OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */const l={parse:parse,stringify:stringify,TomlDate:TomlDate,TomlError:TomlError}}};